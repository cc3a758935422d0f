using System.Text.Json;

namespace Krewe.TestKit.Push;

/// <summary>FCM's refusals, with the details that its HTTP v1 API gives.</summary>
public static class FcmReplies
{
    private const string Google = "type.googleapis.com/google.";

    /// <summary>404: the token is dead.</summary>
    public static FakeReply Unregistered { get; } = Error(404, "NOT_FOUND", "Requested entity was not found.", "UNREGISTERED", Fcm("UNREGISTERED"));

    /// <summary>400 without a field: the token is no token.</summary>
    public static FakeReply InvalidToken { get; } =
        Error(400, "INVALID_ARGUMENT", "The registration token is not a valid FCM registration token", "INVALID_ARGUMENT", Fcm("INVALID_ARGUMENT"));

    /// <summary>403: the token is another project's.</summary>
    public static FakeReply SenderIdMismatch { get; } = Error(403, "PERMISSION_DENIED", "SenderId mismatch", "SENDER_ID_MISMATCH", Fcm("SENDER_ID_MISMATCH"));

    /// <summary>401: the APNs key or the VAPID key in the Firebase project is bad.</summary>
    public static FakeReply ThirdPartyAuthError { get; } =
        Error(401, "UNAUTHENTICATED", "Auth error from APNS or Web Push Service", "THIRD_PARTY_AUTH_ERROR", Fcm("THIRD_PARTY_AUTH_ERROR"));

    /// <summary>401: Google does not know the access token.</summary>
    public static FakeReply Unauthenticated { get; } = Error(
        401, "UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.", "UNAUTHENTICATED");

    /// <summary>403: the service account may not send for the project.</summary>
    public static FakeReply PermissionDenied { get; } = Error(
        403, "PERMISSION_DENIED", "Permission 'cloudmessaging.messages.create' denied on resource (or it may not exist).", "PERMISSION_DENIED",
        new Dictionary<string, object> { ["@type"] = Google + "rpc.ErrorInfo", ["reason"] = "IAM_PERMISSION_DENIED", ["domain"] = "cloudresourcemanager.googleapis.com" });

    /// <summary>429: the project sends too much.</summary>
    public static FakeReply ProjectQuota { get; } = Quota("project");

    /// <summary>429: the device gets too much.</summary>
    public static FakeReply DeviceQuota { get; } = Quota("device");

    /// <summary>503.</summary>
    public static FakeReply Unavailable { get; } = Error(503, "UNAVAILABLE", "The service is currently unavailable.", "UNAVAILABLE", Fcm("UNAVAILABLE"));

    /// <summary>500.</summary>
    public static FakeReply Internal { get; } = Error(500, "INTERNAL", "Internal error encountered.", "INTERNAL", Fcm("INTERNAL"));

    /// <summary>400 about a field of the message.</summary>
    public static FakeReply InvalidArgument(string field, string description = "Invalid value") =>
        Error(400, "INVALID_ARGUMENT", description, "INVALID_ARGUMENT", Fcm("INVALID_ARGUMENT"), Violations([(field, description)]));

    /// <summary>400 because the JSON does not fit the API at all; FCM itself never saw it.</summary>
    internal static FakeReply InvalidJson(IEnumerable<(string Field, string Description)> violations)
    {
        var all = violations.ToList();
        return Error(400, "INVALID_ARGUMENT", string.Join('\n', all.Select(violation => violation.Description)), "INVALID_ARGUMENT", Violations(all));
    }

    /// <summary>What Google answers where there is nothing.</summary>
    internal static FakeReply NoSuchPage { get; } = FakeReply.Of(404, "<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>");

    private static FakeReply Quota(string subject) => Error(
        429, "RESOURCE_EXHAUSTED", "Quota exceeded.", "QUOTA_EXCEEDED", Fcm("QUOTA_EXCEEDED"),
        new Dictionary<string, object>
        {
            ["@type"] = Google + "rpc.QuotaFailure",
            ["violations"] = new[] { new Dictionary<string, string> { ["subject"] = subject, ["description"] = $"Message rate exceeded for this {subject}." } },
        });

    private static Dictionary<string, object> Fcm(string code) => new() { ["@type"] = Google + "firebase.fcm.v1.FcmError", ["errorCode"] = code };

    private static Dictionary<string, object> Violations(IEnumerable<(string Field, string Description)> violations) => new()
    {
        ["@type"] = Google + "rpc.BadRequest",
        ["fieldViolations"] = violations.Select(violation => new Dictionary<string, string> { ["field"] = violation.Field, ["description"] = violation.Description }).ToArray(),
    };

    private static FakeReply Error(int status, string word, string message, string reason, params Dictionary<string, object>[] details)
    {
        var error = new Dictionary<string, object> { ["code"] = status, ["message"] = message, ["status"] = word };
        if (details.Length > 0) error["details"] = details;
        return new FakeReply { Status = status, Reason = reason, Body = JsonSerializer.Serialize(new Dictionary<string, object> { ["error"] = error }) };
    }
}
