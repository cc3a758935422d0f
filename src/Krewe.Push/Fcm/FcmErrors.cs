using System.Net;
using System.Text.Json;
using Krewe.Core.Push;

namespace Krewe.Push.Fcm;

/// <summary>What each answer of FCM's HTTP v1 API means (Firebase, "FCM error codes"; google.rpc.Status).</summary>
internal static class FcmErrors
{
    private const string FcmError = "type.googleapis.com/google.firebase.fcm.v1.FcmError";
    private const string BadRequest = "type.googleapis.com/google.rpc.BadRequest";
    private const string QuotaFailure = "type.googleapis.com/google.rpc.QuotaFailure";

    // Firebase asks for at least a minute when a project is over its quota and no Retry-After is given.
    private static readonly TimeSpan ProjectQuotaPause = TimeSpan.FromSeconds(60);

    public static Answer Classify(HttpStatusCode status, ReadOnlySpan<byte> body, TimeSpan? retryAfter)
    {
        var details = Details.Read(body);
        return (status, details.Code) switch
        {
            (HttpStatusCode.NotFound, MessagingErrorCode.Unregistered) => new PushOutcome(PushVerdict.TokenDead, "UNREGISTERED"),
            // The token in a well-formed message is all that can be wrong with it where no field is named.
            (HttpStatusCode.BadRequest, MessagingErrorCode.InvalidArgument) when !details.NamesField => new PushOutcome(PushVerdict.TokenSuspect, "INVALID_ARGUMENT"),
            (HttpStatusCode.BadRequest, _) => new PushOutcome(PushVerdict.DeadLetter, "INVALID_ARGUMENT"),
            (HttpStatusCode.Forbidden, MessagingErrorCode.SenderIdMismatch) => new PushOutcome(PushVerdict.TokenForeign, "SENDER_ID_MISMATCH"),
            (HttpStatusCode.Unauthorized, MessagingErrorCode.ThirdPartyAuthError) => new PushOutcome(PushVerdict.LaneBroken, "THIRD_PARTY_AUTH_ERROR"),
            (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, _) => new Answer(new PushOutcome(PushVerdict.LaneBroken, details.Status ?? "UNAUTHENTICATED"), Remedy.NewCredential),
            (HttpStatusCode.TooManyRequests, _) when details.DeviceQuota => new PushOutcome(PushVerdict.DeviceThrottled, "QUOTA_EXCEEDED") { RetryAfter = retryAfter },
            (HttpStatusCode.TooManyRequests, _) => new PushOutcome(PushVerdict.LanePaused, "QUOTA_EXCEEDED") { RetryAfter = Longer(retryAfter, ProjectQuotaPause) },
            (HttpStatusCode.ServiceUnavailable, _) => new PushOutcome(PushVerdict.Retry, "UNAVAILABLE") { RetryAfter = retryAfter },
            ( >= HttpStatusCode.InternalServerError, _) => new PushOutcome(PushVerdict.Retry, "INTERNAL") { RetryAfter = retryAfter },
            (HttpStatusCode.NotFound, _) => new PushOutcome(PushVerdict.LaneBroken, "NOT_FOUND"),
            _ => new PushOutcome(PushVerdict.DeadLetter, $"HTTP {(int)status}"),
        };
    }

    private static TimeSpan Longer(TimeSpan? a, TimeSpan b) => a > b ? a.Value : b;

    /// <summary>The fine print of a refusal.</summary>
    private readonly record struct Details(MessagingErrorCode? Code, string? Status, bool NamesField, bool DeviceQuota)
    {
        public static Details Read(ReadOnlySpan<byte> body)
        {
            try
            {
                var reader = new Utf8JsonReader(body);
                using var document = JsonDocument.ParseValue(ref reader);
                return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                    ? Read(error) : default;
            }
            catch (JsonException)
            {
                return default;
            }
        }

        private static Details Read(JsonElement error)
        {
            var result = new Details(null, Text(error, "status"), false, false);
            if (!error.TryGetProperty("details", out var details) || details.ValueKind != JsonValueKind.Array) return result;
            foreach (var detail in details.EnumerateArray())
                result = Text(detail, "@type") switch
                {
                    FcmError => result with { Code = Parse(Text(detail, "errorCode")) },
                    BadRequest => result with { NamesField = NamesOtherThanToken(detail) },
                    QuotaFailure => result with { DeviceQuota = IsOfDevice(detail) },
                    _ => result,
                };
            return result;
        }

        private static MessagingErrorCode? Parse(string? code) => code switch
        {
            "THIRD_PARTY_AUTH_ERROR" => MessagingErrorCode.ThirdPartyAuthError,
            "INVALID_ARGUMENT" => MessagingErrorCode.InvalidArgument,
            "INTERNAL" => MessagingErrorCode.Internal,
            "QUOTA_EXCEEDED" => MessagingErrorCode.QuotaExceeded,
            "SENDER_ID_MISMATCH" => MessagingErrorCode.SenderIdMismatch,
            "UNAVAILABLE" => MessagingErrorCode.Unavailable,
            "UNREGISTERED" => MessagingErrorCode.Unregistered,
            _ => null,
        };

        private static bool NamesOtherThanToken(JsonElement detail) => Each(detail, "fieldViolations", violation => Text(violation, "field") != "message.token");

        private static bool IsOfDevice(JsonElement detail) => Each(detail, "violations", violation =>
            (Text(violation, "subject") ?? "").StartsWith("device", StringComparison.OrdinalIgnoreCase)
            || (Text(violation, "description") ?? "").Contains("device", StringComparison.OrdinalIgnoreCase));

        private static bool Each(JsonElement detail, string list, Func<JsonElement, bool> test) =>
            detail.TryGetProperty(list, out var entries) && entries.ValueKind == JsonValueKind.Array && entries.EnumerateArray().Any(test);

        private static string? Text(JsonElement element, string name) =>
            element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
