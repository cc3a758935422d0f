using System.Globalization;
using System.Text.Json;
using Krewe.TestKit.Push;

namespace Krewe.TestKit.Tests.Push;

/// <summary>The fakes are true to their services: the vendors' own server libraries get along with them and understand their refusals.</summary>
public sealed class OfficialSdkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("krewe-sdk-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Googles_SDK_sends_by_the_fake_FCM_and_understands_its_refusals()
    {
        // The SDK has Google's addresses built in, so that its connections are led here.
        await using var fcm = await FakeFcm.StartAsync(new FakePushOptions { Tls = true, HostNames = { "fcm.googleapis.com", "oauth2.googleapis.com", "www.googleapis.com", "accounts.google.com" } });
        await fcm.WriteCertificateAsync(Path.Combine(_folder, "ca.pem"));
        await fcm.Account.WriteAsync(Path.Combine(_folder, "account.json"));
        fcm.Always("dead", FcmReplies.Unregistered);
        var refused = new Dictionary<string, (FakeReply Reply, string Code)>
        {
            ["unregistered"] = (FcmReplies.Unregistered, "messaging/registration-token-not-registered"),
            ["mismatch"] = (FcmReplies.SenderIdMismatch, "messaging/mismatched-credential"),
            ["invalid"] = (FcmReplies.InvalidArgument("message.data"), "messaging/invalid-argument"),
            ["third"] = (FcmReplies.ThirdPartyAuthError, "messaging/third-party-auth-error"),
            ["quota"] = (FcmReplies.ProjectQuota, "messaging/message-rate-exceeded"),
            ["internal"] = (FcmReplies.Internal, "messaging/internal-error"),
        };
        foreach (var (token, (reply, _)) in refused) fcm.Always(token, reply);
        // The SDK tries this one again by itself, as it does with 503 alone.
        fcm.Next("unavailable", FcmReplies.Unavailable);

        var told = await NodeScript.RunAsync("fcm.mjs",
            ("FCM_PORT", fcm.Address.Port.ToString(CultureInfo.InvariantCulture)),
            ("FCM_ACCOUNT", Path.Combine(_folder, "account.json")),
            ("FCM_REFUSED", JsonSerializer.Serialize(refused.Keys.Append("unavailable"))),
            ("NODE_EXTRA_CA_CERTS", Path.Combine(_folder, "ca.pem")));

        Assert.All(new[] { "everything", "dry run", "topic", "unavailable" }, name =>
            Assert.StartsWith($"projects/{fcm.ProjectId}/messages/", told[name].GetString(), StringComparison.Ordinal));
        Assert.Equal("""[2,1,null,"messaging/registration-token-not-registered",null]""", told["each"].GetRawText());
        Assert.All(refused, entry => Assert.Equal(entry.Value.Code, told[entry.Key].GetString()));
        Assert.All(new[] { "reserved", "too big", "no token" }, name => Assert.Contains(told[name].GetString(), new[] { "messaging/invalid-argument", "messaging/invalid-payload" }));
        Assert.Equal(["HTTP/1.1", "HTTP/2"], fcm.Requests.Select(push => push.Protocol).Distinct().Order());
        Assert.Equal(1, fcm.AccessTokensIssued);
        Assert.Equal(42, fcm.TakenFor("all-of-it")[0].Seq);
    }

    [Fact]
    public async Task A_client_for_APNs_sends_by_the_fake_and_understands_its_refusals()
    {
        await using var apns = await FakeApns.StartAsync(new FakeApnsOptions { Tls = true });
        await apns.WriteCertificateAsync(Path.Combine(_folder, "ca.pem"));
        await apns.WriteKeyAsync(Path.Combine(_folder, "key.p8"));
        var (token, dead) = (FakeApns.NewToken(), FakeApns.NewToken());
        apns.Always(dead, ApnsReplies.Unregistered(TimeProvider.System.GetUtcNow()));

        var told = await NodeScript.RunAsync("apns.mjs",
            ("APNS_PORT", apns.Address.Port.ToString(CultureInfo.InvariantCulture)), ("APNS_TEAM", apns.TeamId), ("APNS_KEY_ID", apns.KeyId), ("APNS_TOPIC", apns.Topic),
            ("APNS_KEY", Path.Combine(_folder, "key.p8")), ("APNS_TOKEN", token), ("APNS_DEAD", dead), ("NODE_EXTRA_CA_CERTS", Path.Combine(_folder, "ca.pem")));

        Assert.Equal(
            new Dictionary<string, string?>
            {
                ["alert"] = "sent",
                ["background"] = "sent",
                ["bad token"] = "400 BadDeviceToken",
                ["topic"] = "400 TopicDisallowed",
                ["too large"] = "413 PayloadTooLarge",
                ["collapse"] = "400 BadCollapseId",
                ["dead"] = "410 Unregistered",
                ["second"] = "429 TooManyProviderTokenUpdates",
            },
            told.ToDictionary(entry => entry.Key, entry => entry.Value.GetString()));
        Assert.All(apns.Requests, push => Assert.Equal("HTTP/2", push.Protocol));
        Assert.Equal(["alert", "background"], apns.TakenFor(token).Select(push => push.PushType));
    }
}
