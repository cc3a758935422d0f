using System.Net;
using System.Text;
using Krewe.Core.Push;
using Krewe.Push.Apns;

namespace Krewe.Push.Tests;

public sealed class ApnsErrorsTests
{
    [Theory]
    [InlineData(400, "BadDeviceToken", PushVerdict.TokenSuspect, Remedy.OtherEnvironment)]
    [InlineData(400, "DeviceTokenNotForTopic", PushVerdict.LaneBroken, Remedy.None)]
    [InlineData(400, "BadTopic", PushVerdict.LaneBroken, Remedy.None)]
    [InlineData(400, "MissingTopic", PushVerdict.LaneBroken, Remedy.None)]
    [InlineData(400, "TopicDisallowed", PushVerdict.LaneBroken, Remedy.None)]
    [InlineData(400, "BadCollapseId", PushVerdict.DeadLetter, Remedy.None)]
    [InlineData(400, "BadExpirationDate", PushVerdict.DeadLetter, Remedy.None)]
    [InlineData(400, "MissingDeviceToken", PushVerdict.DeadLetter, Remedy.None)]
    [InlineData(400, "PayloadEmpty", PushVerdict.DeadLetter, Remedy.None)]
    [InlineData(400, "InvalidPushType", PushVerdict.DeadLetter, Remedy.None)]
    [InlineData(404, "BadPath", PushVerdict.DeadLetter, Remedy.None)]
    [InlineData(405, "MethodNotAllowed", PushVerdict.DeadLetter, Remedy.None)]
    [InlineData(400, "IdleTimeout", PushVerdict.Retry, Remedy.None)]
    [InlineData(403, "ExpiredProviderToken", PushVerdict.LaneBroken, Remedy.NewCredential)]
    [InlineData(403, "InvalidProviderToken", PushVerdict.LaneBroken, Remedy.None)]
    [InlineData(403, "MissingProviderToken", PushVerdict.LaneBroken, Remedy.None)]
    [InlineData(403, "BadCertificate", PushVerdict.LaneBroken, Remedy.None)]
    [InlineData(403, "BadCertificateEnvironment", PushVerdict.LaneBroken, Remedy.None)]
    [InlineData(403, "BadEnvironmentKeyInToken", PushVerdict.LaneBroken, Remedy.None)]
    [InlineData(403, "Forbidden", PushVerdict.LaneBroken, Remedy.None)]
    [InlineData(410, "Unregistered", PushVerdict.TokenDead, Remedy.None)]
    [InlineData(410, "ExpiredToken", PushVerdict.TokenDead, Remedy.None)]
    [InlineData(413, "PayloadTooLarge", PushVerdict.DeadLetter, Remedy.Shrink)]
    [InlineData(429, "TooManyRequests", PushVerdict.DeviceThrottled, Remedy.None)]
    [InlineData(429, "TooManyProviderTokenUpdates", PushVerdict.LanePaused, Remedy.None)]
    [InlineData(500, "InternalServerError", PushVerdict.Retry, Remedy.None)]
    [InlineData(503, "ServiceUnavailable", PushVerdict.Retry, Remedy.None)]
    [InlineData(503, "Shutdown", PushVerdict.Retry, Remedy.None)]
    internal void Every_reason_has_its_verdict(int status, string reason, PushVerdict verdict, Remedy remedy)
    {
        var answer = ApnsErrors.Classify((HttpStatusCode)status, Encoding.UTF8.GetBytes($$"""{"reason":"{{reason}}"}"""), null);
        Assert.Equal((verdict, reason, remedy), (answer.Outcome.Verdict, answer.Outcome.Code, answer.Remedy));
    }

    [Fact]
    public void A_dead_token_says_since_when()
    {
        var answer = ApnsErrors.Classify(HttpStatusCode.Gone, """{"reason":"Unregistered","timestamp":1763892000123}"""u8, null);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1763892000123), answer.Outcome.DeadSince);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"reason\":7,\"timestamp\":\"x\"}")]
    [InlineData("{\"timestamp\":99999999999999999999}")]
    public void A_body_that_is_none_goes_by_the_status(string body) =>
        Assert.Equal(PushVerdict.Retry, ApnsErrors.Classify(HttpStatusCode.BadGateway, Encoding.UTF8.GetBytes(body), null).Outcome.Verdict);
}
