using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;

namespace Krewe.Server.Admin.Calls;

/// <summary>The answers of the admin API: JSON in camelCase without nulls, and problem details that name what is at fault.</summary>
internal static class AdminReply
{
    public static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    public static IResult Json(object value, int status = StatusCodes.Status200OK) => Results.Json(value, Form, statusCode: status);

    public static IResult Bad(string member, string message) => Of(Fault.BadRequest(member, message));

    public static IResult NotFound(string message) => Of(new Fault(FaultCode.NotFound, message));

    public static IResult Of(Fault fault) => new Refusal(fault);

    public static IResult Of(Outcome<Done> outcome) => outcome.Fault is { } fault ? Of(fault) : Results.NoContent();

    /// <summary>Runs a call; a part of the cluster that is away becomes 503.</summary>
    public static async Task<IResult> GuardAsync(Func<Task<IResult>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception error) when (error is StoreUnavailableException or TimeoutException or OrleansException)
        {
            return Of(Fault.Unavailable("A part of the server does not answer now; try again.", TimeSpan.FromSeconds(1)));
        }
    }

    public static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private sealed class Refusal(Fault fault) : IResult
    {
        public Task ExecuteAsync(HttpContext context)
        {
            if (fault.RetryAfter is { } wait)
                context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            var extensions = new Dictionary<string, object?> { ["code"] = fault.Code.Name() };
            if (fault.Member is { } member)
                extensions["member"] = member;
            return Results.Problem(fault.Message, statusCode: fault.Code.HttpStatus(), extensions: extensions).ExecuteAsync(context);
        }
    }
}
