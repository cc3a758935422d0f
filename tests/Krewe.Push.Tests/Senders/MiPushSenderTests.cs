using Krewe.Core.Devices;
using Krewe.Core.Push;
using Krewe.Push.MiPush;
using Krewe.TestKit.Push;

namespace Krewe.Push.Tests.Senders;

public sealed class MiPushSenderTests : IAsyncLifetime
{
    private FakeMiPush _mi = null!;
    private MiPushSender _sender = null!;

    public async ValueTask InitializeAsync()
    {
        _mi = await FakeMiPush.StartAsync();
        _sender = new MiPushSender(new MiPushOptions { PackageName = _mi.PackageName, AppSecret = _mi.AppSecret, BaseAddress = _mi.Address }, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _sender.Dispose();
        await _mi.DisposeAsync();
    }

    [Theory]
    [InlineData(null, PushKind.Message)]
    [InlineData(PushMode.Notification, PushKind.Message)]
    [InlineData(PushMode.Data, PushKind.Message)]
    [InlineData(null, PushKind.Clear)]
    [InlineData(null, PushKind.Test)]
    internal async Task Every_kind_of_message_passes_the_strict_service(PushMode? mode, PushKind kind)
    {
        Assert.Equal(PushVerdict.Sent, (await SendAsync(mode: mode, kind: kind)).Verdict);

        var push = Assert.Single(_mi.Taken);
        Assert.Equal(("regid+1/a=", 42, 3, kind.ToString().ToLowerInvariant()), (push.Token, push.Seq, push.Unread, push.Kind));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("👩‍👩‍👧‍👦")]
    [InlineData("&=%+")]
    public async Task A_long_preview_is_cut_to_what_the_service_takes(string part) =>
        Assert.Equal(PushVerdict.Sent, (await SendAsync(string.Concat(Enumerable.Repeat(part, 6000)))).Verdict);

    [Fact]
    public async Task A_wrong_secret_breaks_the_lane_and_spares_the_pushes()
    {
        var secret = _mi.RenewSecret();
        Assert.Equal(new PushOutcome(PushVerdict.LaneBroken, "21301"), await SendAsync());
        _mi.RestoreSecret(secret);
        Assert.Equal(PushVerdict.Sent, (await SendAsync()).Verdict);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_status_that_refuses_the_server_breaks_the_lane(int status)
    {
        _mi.Next(FakeReply.Of(status));
        Assert.Equal(PushVerdict.LaneBroken, (await SendAsync()).Verdict);
    }

    private Task<PushOutcome> SendAsync(string? preview = "But soft!", PushMode? mode = null, PushKind kind = PushKind.Message) =>
        _sender.SendAsync(Notices.For(PushPlatform.MiPush, "regid+1/a=", _mi.PackageName, preview, mode, kind), CancellationToken.None).AsTask();
}
