using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Errors;
using Krewe.Core.Push;
using Krewe.Push;
using Krewe.Server.Admin.Calls;

namespace Krewe.Server.Admin;

/// <summary>Mobile push for the operator: how the lanes fare, what was set aside, a test for a device.</summary>
internal static class PushAdmin
{
    private const string Root = "/admin/v1/push";
    private const int MaxListed = 1_000;

    public static void MapPush(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Root, (Delegate)LanesAsync);
        endpoints.MapGet(Root + "/set-aside", (Delegate)SetAsideAsync);
        endpoints.MapPost(Root + "/set-aside/{user}/{device}/again", (Delegate)AgainAsync);
        endpoints.MapDelete(Root + "/set-aside/{user}/{device}", (Delegate)DropAsync);
        endpoints.MapPost(Root + "/test", (Delegate)TestAsync);
    }

    private static async Task<IResult> LanesAsync(HttpContext context) => await AdminReply.GuardAsync(async () =>
    {
        var lanes = await context.RequestServices.GetRequiredService<PushConsole>().LanesAsync(context.RequestAborted);
        return AdminReply.Json(new { lanes = lanes.Select(Lane) });
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

    private static Task<IResult> SetAsideAsync(HttpContext context) => AdminReply.GuardAsync(async () =>
    {
        if (AdminRequest.Unknown(context, "limit") is { } unknown)
            return AdminReply.Of(unknown);
        if (!AdminRequest.Limit(context, 100, MaxListed).TryGet(out var limit, out var fault))
            return AdminReply.Of(fault);
        var rows = await context.RequestServices.GetRequiredService<IPushOutbox>().ListSetAsideAsync(limit, context.RequestAborted);
        return AdminReply.Json(new { items = rows.Select(Row) });
    });

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
        OneAsync(context, "send again the push of", (outbox, user, device) => outbox.SendAgainAsync(user, device, context.RequestAborted));

    private static Task<IResult> DropAsync(HttpContext context) =>
        OneAsync(context, "drop the push of", (outbox, user, device) => outbox.DropSetAsideAsync(user, device, context.RequestAborted));

    private static Task<IResult> OneAsync(HttpContext context, string what, Func<IPushOutbox, Jid, string, Task<bool>> act) => AdminReply.GuardAsync(async () =>
    {
        if (!AdminRequest.RouteUser(context).TryGet(out var user, out var fault))
            return AdminReply.Of(fault);
        var device = (string)context.GetRouteValue("device")!;
        Outcome<Done> outcome = await act(context.RequestServices.GetRequiredService<IPushOutbox>(), user, device)
            ? default(Done) : new Fault(FaultCode.NotFound, "Nothing of this device is set aside.");
        return context.RequestServices.GetRequiredService<Audit>().Done(context, what, $"{user}, device {device}", outcome);
    });

    private static Task<IResult> TestAsync(HttpContext context) => AdminReply.GuardAsync(async () =>
    {
        if (!(await AdminRequest.BodyAsync<TestBody>(context)).TryGet(out var body, out var fault)
            || !AdminRequest.User(context, body.User).TryGet(out var user, out fault))
            return AdminReply.Of(fault);
        if (string.IsNullOrEmpty(body.Device))
            return AdminReply.Bad("device", "The device's name is missing.");
        var test = await context.RequestServices.GetRequiredService<PushConsole>().TestAsync(user, body.Device, body.ValidateOnly, context.RequestAborted);
        return test is null ? AdminReply.NotFound("There is no such device, or it is not registered for push.") : AdminReply.Json(
            new { Platform = Word(test.Platform), Sent = test.Outcome.Verdict == PushVerdict.Sent, Outcome = Word(test.Outcome.Verdict), test.Outcome.Code, RetryAfter = test.Outcome.RetryAfter?.TotalSeconds });
    });

    // Kebab case would make "mi-push" of what the native API calls "mipush".
    private static string Word(PushPlatform platform) => platform.ToString().ToLowerInvariant();

    private static string Word<T>(T value) where T : struct, Enum => AdminReply.Word(value);

    private sealed class TestBody
    {
        public string? User { get; set; }
        public string? Device { get; set; }
        public bool ValidateOnly { get; set; }
    }
}
