using System.Collections.Frozen;
using System.Net;
using System.Text.Json;
using Krewe.Core.Push;

namespace Krewe.Push.Apns;

/// <summary>What each answer of APNs means (Apple, "Handling notification responses from APNs").</summary>
internal static class ApnsErrors
{
    private static readonly FrozenDictionary<string, Answer> Reasons = new Dictionary<string, Answer>
    {
        ["BadDeviceToken"] = Of(PushVerdict.TokenSuspect, "BadDeviceToken", Remedy.OtherEnvironment),
        ["DeviceTokenNotForTopic"] = Of(PushVerdict.LaneBroken, "DeviceTokenNotForTopic"),
        ["BadTopic"] = Of(PushVerdict.LaneBroken, "BadTopic"),
        ["MissingTopic"] = Of(PushVerdict.LaneBroken, "MissingTopic"),
        ["TopicDisallowed"] = Of(PushVerdict.LaneBroken, "TopicDisallowed"),
        ["IdleTimeout"] = Of(PushVerdict.Retry, "IdleTimeout"),
        ["ExpiredProviderToken"] = Of(PushVerdict.LaneBroken, "ExpiredProviderToken", Remedy.NewCredential),
        ["InvalidProviderToken"] = Of(PushVerdict.LaneBroken, "InvalidProviderToken"),
        ["MissingProviderToken"] = Of(PushVerdict.LaneBroken, "MissingProviderToken"),
        ["BadCertificate"] = Of(PushVerdict.LaneBroken, "BadCertificate"),
        ["BadCertificateEnvironment"] = Of(PushVerdict.LaneBroken, "BadCertificateEnvironment"),
        ["BadEnvironmentKeyInToken"] = Of(PushVerdict.LaneBroken, "BadEnvironmentKeyInToken"),
        ["Forbidden"] = Of(PushVerdict.LaneBroken, "Forbidden"),
        ["Unregistered"] = Of(PushVerdict.TokenDead, "Unregistered"),
        ["ExpiredToken"] = Of(PushVerdict.TokenDead, "ExpiredToken"),
        ["PayloadTooLarge"] = Of(PushVerdict.DeadLetter, "PayloadTooLarge", Remedy.Shrink),
        ["TooManyRequests"] = Of(PushVerdict.DeviceThrottled, "TooManyRequests"),
        ["TooManyProviderTokenUpdates"] = Of(PushVerdict.LanePaused, "TooManyProviderTokenUpdates"),
        ["InternalServerError"] = Of(PushVerdict.Retry, "InternalServerError"),
        ["ServiceUnavailable"] = Of(PushVerdict.Retry, "ServiceUnavailable"),
        ["Shutdown"] = Of(PushVerdict.Retry, "Shutdown"),
    }.ToFrozenDictionary();

    public static Answer Classify(HttpStatusCode status, ReadOnlySpan<byte> body, TimeSpan? retryAfter)
    {
        var (reason, timestamp) = Read(body);
        var answer = reason is not null && Reasons.TryGetValue(reason, out var known) ? known : (int)status switch
        {
            403 => Of(PushVerdict.LaneBroken, reason ?? "403"),
            410 => Of(PushVerdict.TokenDead, reason ?? "410"),
            429 => Of(PushVerdict.DeviceThrottled, reason ?? "429"),
            >= 500 => Of(PushVerdict.Retry, reason ?? "5xx"),
            // Other Bad… and Missing… reasons, PayloadEmpty, InvalidPushType, BadPath, MethodNotAllowed: ours to mend.
            _ => Of(PushVerdict.DeadLetter, reason ?? $"HTTP {(int)status}"),
        };
        return answer with { Outcome = answer.Outcome with { RetryAfter = retryAfter, DeadSince = timestamp } };
    }

    private static Answer Of(PushVerdict verdict, string code, Remedy remedy = Remedy.None) => new(new PushOutcome(verdict, code), remedy);

    private static (string? Reason, DateTimeOffset? Timestamp) Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return default;
            var reason = root.TryGetProperty("reason", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
            DateTimeOffset? since = root.TryGetProperty("timestamp", out var millis) && millis.ValueKind == JsonValueKind.Number && millis.TryGetInt64(out var ms)
                && ms is >= 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
            return (reason, since);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
