using System.Net;
using Krewe.ProcessHarness;

namespace Krewe.Server.Tests.Push;

public sealed class PushRegistrationTests
{
    [Fact]
    public async Task Only_apps_that_are_configured_are_taken_and_the_member_at_fault_is_named()
    {
        await using var server = await PushServer.StartAsync(
            "--Krewe:Push:MiPush:PackageName=org.example.chat", "--Krewe:Push:MiPush:AppSecret=a-secret",
            "--Krewe:Push:Webhook:Secret=another-long-secret", "--Krewe:Push:Webhook:AllowedAddresses:0=https://push.example.org/hooks/");
        using var juliet = await TestUser.SignUpAsync(server.Process, "juliet");

        Assert.Null(await FaultAsync(juliet, "fcm", "a:B-c_9", server.Fcm.ProjectId));
        Assert.Equal("app", await FaultAsync(juliet, "fcm", "t", "another-project"));
        Assert.Equal("platform", await FaultAsync(juliet, "apns", "00ff", "org.example.chat"));
        Assert.Equal("platform", await FaultAsync(juliet, "carrier-pigeon", "t", "a"));
        Assert.Null(await FaultAsync(juliet, "mipush", "a+/b==", "org.example.chat"));
        Assert.Equal("app", await FaultAsync(juliet, "mipush", "a+/b==", "org.example.other"));
        Assert.Null(await FaultAsync(juliet, "webhook", "https://push.example.org/hooks/1", "krewe"));
        foreach (var elsewhere in (string[])["https://push.example.org/other", "http://push.example.org/hooks/1", "https://push.example.org:444/hooks/1",
            "https://push.example.org.evil.example/hooks/", "https://push.example.org/hooks/../other", "https://evil@push.example.org/hooks/1", "http://127.0.0.1/"])
            Assert.Equal("token", await FaultAsync(juliet, "webhook", elsewhere, "krewe"));
    }

    [Fact]
    public async Task A_token_with_what_its_vendor_never_uses_is_refused_even_before_push_is_configured()
    {
        await using var server = await KreweProcess.StartAsync();
        using var juliet = await TestUser.SignUpAsync(server, "juliet");
        foreach (var (platform, token) in ((string, string)[])[("fcm", ""), ("fcm", "a b"), ("fcm", "a/b"), ("fcm", "é"), ("apns", "xyz"), ("apns", "00 ff"), ("mipush", "a_b"),
            ("webhook", "push.example.org"), ("webhook", "file:///etc/passwd")])
            Assert.Equal("token", await FaultAsync(juliet, platform, token, "any app will do"));
        Assert.Null(await FaultAsync(juliet, "fcm", "t", "any app will do"));
        Assert.Equal("token", await FaultAsync(juliet, "fcm", new string('t', 4097), "any app will do"));
    }

    private static Task<string?> FaultAsync(TestUser user, string platform, string token, string app) => user.PutPushFaultAsync(new { platform, token, app });
}
