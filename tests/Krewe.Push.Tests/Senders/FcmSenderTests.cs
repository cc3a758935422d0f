using Krewe.Core.Devices;
using Krewe.Core.Push;
using Krewe.Push.Fcm;
using Krewe.TestKit.Push;

namespace Krewe.Push.Tests.Senders;

public sealed class FcmSenderTests : IAsyncLifetime
{
    private readonly string _credentials = Path.GetTempFileName();
    private FakeFcm _fcm = null!;
    private FcmSender _sender = null!;

    public async ValueTask InitializeAsync()
    {
        _fcm = await FakeFcm.StartAsync();
        await _fcm.Account.WriteAsync(_credentials);
        _sender = new FcmSender(new FcmOptions { ProjectId = _fcm.ProjectId, CredentialsFile = _credentials, BaseAddress = _fcm.Address }, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _sender.Dispose();
        await _fcm.DisposeAsync();
        File.Delete(_credentials);
    }

    [Theory]
    [InlineData(null, PushKind.Message)]
    [InlineData(PushMode.Notification, PushKind.Message)]
    [InlineData(PushMode.Data, PushKind.Message)]
    [InlineData(PushMode.Both, PushKind.Message)]
    [InlineData(PushMode.Both, PushKind.Clear)]
    [InlineData(null, PushKind.Test)]
    internal async Task Every_kind_of_message_passes_the_strict_service(PushMode? mode, PushKind kind)
    {
        Assert.Equal(PushVerdict.Sent, (await SendAsync(mode: mode, kind: kind)).Verdict);

        var push = Assert.Single(_fcm.Taken);
        Assert.Equal(("token-1", "HTTP/1.1"), (push.Token, push.Protocol));
        if (mode != PushMode.Notification) Assert.Equal((42, 3, kind.ToString().ToLowerInvariant()), (push.Seq, push.Unread, push.Kind));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("👩‍👩‍👧‍👦")]
    [InlineData("\"\\")]
    public async Task A_long_preview_is_cut_to_what_the_service_takes(string part)
    {
        foreach (var mode in new[] { PushMode.Data, PushMode.Notification, PushMode.Both })
            Assert.Equal(PushVerdict.Sent, (await SendAsync(string.Concat(Enumerable.Repeat(part, 6000)), mode)).Verdict);
    }

    [Fact]
    public async Task One_access_token_serves_all_and_is_renewed_once_when_it_is_void()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SendAsync()));
        Assert.Equal(1, _fcm.AccessTokensIssued);

        _fcm.RevokeAccessTokens();
        Assert.Equal(PushVerdict.Sent, (await SendAsync()).Verdict);
        Assert.Equal(2, _fcm.AccessTokensIssued);
    }

    [Fact]
    public async Task A_revoked_key_breaks_the_lane_and_works_again_when_it_is_restored()
    {
        _fcm.Revoke(_fcm.Account);
        Assert.Equal(new PushOutcome(PushVerdict.LaneBroken, "oauth2 invalid_grant"), await SendAsync());
        _fcm.Restore(_fcm.Account);
        Assert.Equal(PushVerdict.Sent, (await SendAsync()).Verdict);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("<html>Service Unavailable</html>")]
    [InlineData("""{"error":"temporarily_unavailable"}""")]
    public async Task A_token_endpoint_in_trouble_is_no_broken_lane(string? body)
    {
        _fcm.NextAccessToken([.. Enumerable.Repeat(FakeReply.Of(500, body), 4)]);
        var outcome = await SendAsync();
        Assert.Contains(outcome.Verdict, new[] { PushVerdict.LanePaused, PushVerdict.Retry });
    }

    [Fact]
    public async Task An_account_of_another_project_breaks_the_lane()
    {
        await _fcm.NewAccount("another-project").WriteAsync(_credentials);
        Assert.Equal(new PushOutcome(PushVerdict.LaneBroken, "PERMISSION_DENIED"), await SendAsync());
    }

    [Fact]
    public async Task An_outage_a_broken_connection_and_a_proxy_are_worth_a_retry()
    {
        _fcm.Next(FakeReply.Reset, FakeReply.Of(502, "<html>"));
        Assert.Equal(PushVerdict.Retry, (await SendAsync()).Verdict);
        Assert.Equal(PushVerdict.Retry, (await SendAsync()).Verdict);
        await _fcm.StopAsync();
        Assert.Equal(PushVerdict.Retry, (await SendAsync()).Verdict);
        await _fcm.StartAgainAsync();
        Assert.Equal(PushVerdict.Sent, (await SendAsync()).Verdict);
    }

    private Task<PushOutcome> SendAsync(string? preview = "But soft!", PushMode? mode = null, PushKind kind = PushKind.Message) =>
        _sender.SendAsync(Notices.For(PushPlatform.Fcm, "token-1", _fcm.ProjectId, preview, mode, kind), CancellationToken.None).AsTask();
}
