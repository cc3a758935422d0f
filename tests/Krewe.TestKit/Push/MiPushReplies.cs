using System.Globalization;
using System.Text.Json;

namespace Krewe.TestKit.Push;

/// <summary>Mi Push's refusals: the status is 200, the code stands in the body.</summary>
public static class MiPushReplies
{
    /// <summary>10013: there is no such device.</summary>
    public static FakeReply InvalidToken { get; } = Of(10013, "No valid targets!");

    /// <summary>10023: too much.</summary>
    public static FakeReply TooMany { get; } = Of(10023, "The user has sent too many requests.");

    /// <summary>21301: the secret is wrong.</summary>
    public static FakeReply Unauthorized { get; } = Of(21301, "Invalid application credentials.");

    /// <summary>A refusal by its code.</summary>
    public static FakeReply Of(int code, string reason = "refused") => new()
    {
        Reason = code.ToString(CultureInfo.InvariantCulture),
        Body = JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["result"] = "error", ["code"] = code, ["reason"] = reason, ["description"] = reason, ["trace_id"] = "Xcm00000000000000000",
        }),
    };
}
