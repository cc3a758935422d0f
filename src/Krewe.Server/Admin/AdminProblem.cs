using System.Globalization;

namespace Krewe.Server.Admin;

/// <summary>What the operator's listener refuses, as problem details (RFC 9457) with the codes of the native API.</summary>
internal static class AdminProblem
{
    public static Task UnauthorizedAsync(HttpContext context)
    {
        Challenge(context);
        return WriteAsync(context, StatusCodes.Status401Unauthorized, "unauthorized", "A good token is needed", "The admin token is needed: Authorization: Bearer and the token, or sign in at /login.");
    }

    public static Task TooManyAsync(HttpContext context)
    {
        Throttle(context);
        return WriteAsync(context, StatusCodes.Status429TooManyRequests, "rate-limited", "Faster than the bound", "Too many wrong tokens; try again in a second.");
    }

    public static Task ForeignAsync(HttpContext context) =>
        WriteAsync(context, StatusCodes.Status403Forbidden, "forbidden", "Not from here", "A signed-in browser may do this from the console's own pages only: the request's Origin is another.");

    // RFC 9110, section 15.5.2: every 401 has one, that of the form too.
    public static void Challenge(HttpContext context) => context.Response.Headers.WWWAuthenticate = "Bearer realm=\"krewe-admin\"";

    public static void Throttle(HttpContext context) => context.Response.Headers.RetryAfter = 1.ToString(CultureInfo.InvariantCulture);

    private static Task WriteAsync(HttpContext context, int status, string code, string title, string detail) =>
        Results.Problem(detail, statusCode: status, title: title, type: "urn:krewe:problem:" + code, extensions: new Dictionary<string, object?> { ["code"] = code }).ExecuteAsync(context);
}
