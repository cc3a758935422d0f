using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Krewe.Core;
using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Krewe.Push;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Krewe.Server.Admin;

/// <summary>Mobile push for the operator: how the lanes fare, what was set aside, a test for a device.</summary>
internal static class PushAdmin
{
    private const string Root = "/admin/v1/push";
    private const int MaxListed = 1_000;
    private const int MaxBodyBytes = 16 << 10;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    public static void MapPush(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Root, (Delegate)LanesAsync);
        endpoints.MapGet(Root + "/set-aside", (Delegate)SetAsideAsync);
        endpoints.MapPost(Root + "/set-aside/{user}/{device}/again", (Delegate)AgainAsync);
        endpoints.MapDelete(Root + "/set-aside/{user}/{device}", (Delegate)DropAsync);
        endpoints.MapPost(Root + "/test", (Delegate)TestAsync);
    }

    private static async Task<IResult> LanesAsync(HttpContext context) => await GuardedAsync(async () =>
    {
        var lanes = await context.RequestServices.GetRequiredService<PushConsole>().LanesAsync(context.RequestAborted);
        return Results.Json(new { lanes = lanes.Select(Lane) }, Json);
    });

    private static object Lane(LaneReport lane) => new
    {
        Platform = Word(lane.Platform),
        State = lane.Condition is { } condition ? Word(condition.State) : "not-configured",
        lane.Condition?.OpensAt,
        lane.Condition?.Why,
        lane.Attempts,
        lane.Refused,
        lane.Backlog.Waiting,
        lane.Backlog.Oldest,
        lane.Backlog.SetAside,
        Alarms = lane.Alarms.Select(alarm => new { Alarm = Word(alarm.Kind), alarm.Detail }),
    };

    private static async Task<IResult> SetAsideAsync(HttpContext context)
    {
        var limit = 100;
        if (context.Request.Query["limit"].ToString() is { Length: > 0 } text
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxListed))
            return Bad("limit", $"limit is 1 to {MaxListed}.");
        return await GuardedAsync(async () =>
        {
            var rows = await context.RequestServices.GetRequiredService<IPushOutbox>().ListSetAsideAsync(limit, context.RequestAborted);
            return Results.Json(new { items = rows.Select(Row) }, Json);
        });
    }

    private static object Row(SetAsidePush row) => new
    {
        User = row.Pending.Owner.Text,
        row.Pending.Device,
        Platform = Word(row.Pending.Platform),
        Kind = Word(row.Pending.Kind),
        row.Pending.Seq,
        row.Pending.Since,
        row.Pending.Attempts,
        row.Pending.LastCode,
        row.Reason,
        row.At,
    };

    private static Task<IResult> AgainAsync(HttpContext context) =>
        OneAsync(context, (outbox, user, device) => outbox.SendAgainAsync(user, device, context.RequestAborted));

    private static Task<IResult> DropAsync(HttpContext context) =>
        OneAsync(context, (outbox, user, device) => outbox.DropSetAsideAsync(user, device, context.RequestAborted));

    private static async Task<IResult> OneAsync(HttpContext context, Func<IPushOutbox, Jid, string, Task<bool>> act)
    {
        if (!TryUser(context, (string?)context.GetRouteValue("user"), out var user, out var trouble)) return Bad("user", trouble);
        return await GuardedAsync(async () =>
            await act(context.RequestServices.GetRequiredService<IPushOutbox>(), user, (string)context.GetRouteValue("device")!)
                ? Results.NoContent() : Problem(StatusCodes.Status404NotFound, "not-found", "Nothing of this device is set aside."));
    }

    private static async Task<IResult> TestAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
            return Bad("body", """A JSON object is expected: {"user":"alice","device":"phone"}.""");
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = MaxBodyBytes;
        TestBody? body;
        try
        {
            body = await context.Request.ReadFromJsonAsync<TestBody>(Json, context.RequestAborted);
        }
        catch (JsonException)
        {
            return Bad("body", "The body is not JSON of the expected form.");
        }
        catch (BadHttpRequestException large) when (large.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Problem(large.StatusCode, "too-large", $"The body has more than {MaxBodyBytes} bytes.");
        }
        if (!TryUser(context, body?.User, out var user, out var trouble)) return Bad("user", trouble);
        if (string.IsNullOrEmpty(body!.Device)) return Bad("device", "The device's name is missing.");
        return await GuardedAsync(async () =>
        {
            var test = await context.RequestServices.GetRequiredService<PushConsole>().TestAsync(user, body.Device, body.ValidateOnly, context.RequestAborted);
            return test is null ? Problem(StatusCodes.Status404NotFound, "not-found", "There is no such device, or it is not registered for push.") : Results.Json(
                new { Platform = Word(test.Platform), Sent = test.Outcome.Verdict == PushVerdict.Sent, Outcome = Word(test.Outcome.Verdict), test.Outcome.Code, RetryAfter = test.Outcome.RetryAfter?.TotalSeconds }, Json);
        });
    }

    private static async Task<IResult> GuardedAsync(Func<Task<IResult>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception error) when (error is StoreUnavailableException or TimeoutException or OrleansException)
        {
            return Problem(StatusCodes.Status503ServiceUnavailable, "unavailable", "A part of the server does not answer now; try again.");
        }
    }

    private static bool TryUser(HttpContext context, string? text, out Jid user, out string trouble)
    {
        var domain = context.RequestServices.GetRequiredService<IOptions<DomainOptions>>().Value.Domain;
        trouble = "The user is missing.";
        user = default;
        if (string.IsNullOrEmpty(text)) return false;
        if (Jid.TryParseUser(text, domain, out user, out var error)) return true;
        trouble = error;
        return false;
    }

    private static IResult Bad(string member, string message) => Results.Problem(message, statusCode: StatusCodes.Status400BadRequest,
        extensions: new Dictionary<string, object?> { ["code"] = "bad-request", ["member"] = member });

    private static IResult Problem(int status, string code, string message) =>
        Results.Problem(message, statusCode: status, extensions: new Dictionary<string, object?> { ["code"] = code });

    // camelCase would make "miPush" of what the native API calls "mipush".
    private static string Word(PushPlatform platform) => platform.ToString().ToLowerInvariant();

    private static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private sealed record TestBody(string? User, string? Device, bool ValidateOnly = false);
}
