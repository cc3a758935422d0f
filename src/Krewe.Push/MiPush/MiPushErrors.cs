using System.Net;
using System.Text.Json;
using Krewe.Core.Push;

namespace Krewe.Push.MiPush;

/// <summary>What each answer of Mi Push means; the status is 200 even for refusals, the code stands in the body.</summary>
internal static class MiPushErrors
{
    public static PushOutcome Classify(HttpStatusCode status, ReadOnlySpan<byte> body, TimeSpan? retryAfter)
    {
        if (status == HttpStatusCode.TooManyRequests) return new(PushVerdict.LanePaused, "429") { RetryAfter = retryAfter };
        if (status >= HttpStatusCode.InternalServerError) return new(PushVerdict.Retry, $"HTTP {(int)status}") { RetryAfter = retryAfter };
        return Read(body) switch
        {
            null when status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new(PushVerdict.LaneBroken, $"HTTP {(int)status}"),
            null => new(PushVerdict.Retry, $"HTTP {(int)status}"),
            0 => new(PushVerdict.Sent, "OK"),
            { } code => new(VerdictOf(code), code.ToString(System.Globalization.CultureInfo.InvariantCulture)) { RetryAfter = retryAfter },
        };
    }

    private static PushVerdict VerdictOf(int code) => code switch
    {
        10001 or 10002 or 10003 or 10009 or 10010 or 10011 => PushVerdict.Retry,
        10022 or 10023 or 10024 or 10027 or 10028 or 22101 => PushVerdict.LanePaused,
        10004 or 10005 or 10006 or 10008 or 10014 or 10016 or 10017 or 10018 or 10026 or 21301 or (>= 22000 and <= 22008) or 22022 => PushVerdict.LaneBroken,
        10013 or 10029 => PushVerdict.TokenDead,
        _ => PushVerdict.RetryTwice,
    };

    /// <summary>Null if the body is no answer of the service.</summary>
    private static int? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            int? code = root.TryGetProperty("code", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var value) ? value : null;
            var ok = root.TryGetProperty("result", out var result) && result.ValueKind == JsonValueKind.String && result.ValueEquals("ok"u8);
            return ok && code is null or 0 ? (ok ? 0 : -1) : code;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
