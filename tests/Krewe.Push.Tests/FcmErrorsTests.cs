using System.Net;
using System.Text;
using Krewe.Core.Push;
using Krewe.Push.Fcm;

namespace Krewe.Push.Tests;

public sealed class FcmErrorsTests
{
    private const string Google = "type.googleapis.com/google.";

    public static TheoryData<int, string, PushVerdict> Table => new()
    {
        { 404, Error("NOT_FOUND", Fine("UNREGISTERED")), PushVerdict.TokenDead },
        { 400, Error("INVALID_ARGUMENT", Fine("INVALID_ARGUMENT"), Fields("message.data")), PushVerdict.DeadLetter },
        { 400, Error("INVALID_ARGUMENT", Fine("INVALID_ARGUMENT")), PushVerdict.TokenSuspect },
        { 400, Error("INVALID_ARGUMENT", Fine("INVALID_ARGUMENT"), Fields("message.token")), PushVerdict.TokenSuspect },
        { 403, Error("PERMISSION_DENIED", Fine("SENDER_ID_MISMATCH")), PushVerdict.TokenForeign },
        { 401, Error("UNAUTHENTICATED", Fine("THIRD_PARTY_AUTH_ERROR")), PushVerdict.LaneBroken },
        { 401, Error("UNAUTHENTICATED"), PushVerdict.LaneBroken },
        { 403, Error("PERMISSION_DENIED"), PushVerdict.LaneBroken },
        { 429, Error("RESOURCE_EXHAUSTED", Fine("QUOTA_EXCEEDED"), Quota("project:krewe")), PushVerdict.LanePaused },
        { 429, Error("RESOURCE_EXHAUSTED", Fine("QUOTA_EXCEEDED"), Quota("device:abc")), PushVerdict.DeviceThrottled },
        { 503, Error("UNAVAILABLE", Fine("UNAVAILABLE")), PushVerdict.Retry },
        { 500, Error("INTERNAL", Fine("INTERNAL")), PushVerdict.Retry },
        { 502, "<html>bad gateway</html>", PushVerdict.Retry },
        { 404, "<html>no such page</html>", PushVerdict.LaneBroken },
        { 418, "", PushVerdict.DeadLetter },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Every_answer_has_its_verdict(int status, string body, PushVerdict verdict) =>
        Assert.Equal(verdict, FcmErrors.Classify((HttpStatusCode)status, Encoding.UTF8.GetBytes(body), null).Outcome.Verdict);

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public void Googles_own_refusal_is_worth_one_new_access_token(int status) =>
        Assert.Equal(Remedy.NewCredential, FcmErrors.Classify((HttpStatusCode)status, Encoding.UTF8.GetBytes(Error("UNAUTHENTICATED")), null).Remedy);

    [Theory]
    [InlineData(null, 60)]
    [InlineData(10, 60)]
    [InlineData(300, 300)]
    public void A_project_over_its_quota_rests_at_least_a_minute(int? retryAfter, int expected)
    {
        var wait = retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var answer = FcmErrors.Classify(HttpStatusCode.TooManyRequests, Encoding.UTF8.GetBytes(Error("RESOURCE_EXHAUSTED", Fine("QUOTA_EXCEEDED"))), wait);
        Assert.Equal(TimeSpan.FromSeconds(expected), answer.Outcome.RetryAfter);
    }

    private static string Error(string status, params string[] details) =>
        $$$"""{"error":{"status":"{{{status}}}","message":"no","details":[{{{string.Join(',', details)}}}]}}""";

    private static string Fine(string code) => $$$"""{"@type":"{{{Google}}}firebase.fcm.v1.FcmError","errorCode":"{{{code}}}"}""";

    private static string Fields(string field) => $$$"""{"@type":"{{{Google}}}rpc.BadRequest","fieldViolations":[{"field":"{{{field}}}","description":"wrong"}]}""";

    private static string Quota(string subject) => $$$"""{"@type":"{{{Google}}}rpc.QuotaFailure","violations":[{"subject":"{{{subject}}}","description":"too many"}]}""";
}
