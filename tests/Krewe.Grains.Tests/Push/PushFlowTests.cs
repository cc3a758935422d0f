using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Core.Devices;
using Krewe.Core.Presence;
using Krewe.Core.Push;
using Krewe.Core.Users;
using Krewe.Grains.Tests.Silos;

namespace Krewe.Grains.Tests.Push;

/// <summary>What becomes of a sleeping device's row, on silos that die.</summary>
public sealed class PushFlowTests : IAsyncLifetime
{
    private UserCluster _cluster = null!;
    private Jid _romeo;
    private Jid _juliet;

    public async ValueTask InitializeAsync()
    {
        _cluster = await UserCluster.StartAsync(silos: 2);
        _romeo = await _cluster.RegisterAsync("romeo", on: _cluster.Silos[0]);
        _juliet = await _cluster.RegisterAsync("juliet", on: _cluster.Silos[1]);
        await RegisterAsync("phone");
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task An_ack_in_time_on_a_new_activation_takes_the_row_away()
    {
        var sent = await _cluster.SendAsync(_romeo, _juliet, "1");
        Assert.Equal(1, Row("phone")!.Seq);
        await _cluster.KillAsync(_cluster.Silos[1]);
        await AckAsync("laptop", sent.Seq);
        Assert.Null(Row("phone"));
    }

    [Fact]
    public async Task What_was_sent_before_a_silo_died_is_neither_sent_again_nor_forgotten()
    {
        await _cluster.SendAsync(_romeo, _juliet, "1");
        var row = Row("phone")!;
        var notice = (await Push.PreparePushAsync(row)).Notice!;
        await Push.PushSentAsync("phone", notice.Kind, notice.Seq);
        await _cluster.KillAsync(_cluster.Silos[1]);
        // The worker died too, before it could settle the row.
        Assert.Equal(PushPlan.Needless, await _cluster.AskAsync(() => Push.PreparePushAsync(row)));
        await AckAsync("laptop", 1, read: true);
        Assert.Equal(PushKind.Clear, Row("phone")!.Kind);
        Assert.Equal((PushKind.Clear, 0), ((await Push.PreparePushAsync(Row("phone")!)).Notice!.Kind, (await Push.PreparePushAsync(Row("phone")!)).Notice!.Unread));
    }

    [Fact]
    public async Task The_badge_is_right_after_a_silo_died_in_a_conversation()
    {
        for (var i = 0; i < 5; i++) await _cluster.SendAsync(_romeo, _juliet, $"{i}");
        await Push.PreparePushAsync(Row("phone")!);
        await AckAsync("laptop", 2, read: true);
        await _cluster.KillAsync(_cluster.Silos[1]);
        for (var i = 5; i < 8; i++) await _cluster.SendAsync(_romeo, _juliet, $"{i}");
        var notice = (await _cluster.AskAsync(() => Push.PreparePushAsync(Row("phone")! with { Seq = 8 }))).Notice!;
        Assert.Equal((8, 6), (notice.Seq, notice.Unread));
    }

    [Fact]
    public async Task A_session_that_says_away_does_not_keep_the_phone_asleep()
    {
        await _cluster.ConnectAsync(_juliet, "laptop");
        await _cluster.SayAsync(_juliet, Show.Away, device: "laptop");
        await _cluster.SendAsync(_romeo, _juliet, "1");
        await AckAsync("laptop", 1);
        Assert.NotNull((await Push.PreparePushAsync(Row("phone")!)).Notice);
        await _cluster.SayAsync(_juliet, Show.Available, device: "laptop");
        Assert.NotNull((await Push.PreparePushAsync(Row("phone")!)).NotBefore);
        await AckAsync("laptop", 1);
        Assert.Null(Row("phone"));
    }

    [Fact]
    public async Task Mutes_and_blocks_hold_pushes_that_wait_and_those_that_come()
    {
        var roster = _cluster.User<IRosterGrain>(_juliet);
        await _cluster.SendAsync(_romeo, _juliet, "1");
        var row = Row("phone")!;
        Assert.Null((await roster.MuteAsync(new Mute(_romeo, null))).Fault);
        Assert.Equal([new Mute(_romeo, null)], await roster.GetMutesAsync());
        Assert.Equal(PushPlan.Needless, await Push.PreparePushAsync(row));
        await _cluster.SendAsync(_romeo, _juliet, "2", PushHints.Urgent);
        Assert.Equal(1, Row("phone")!.Seq);
        await roster.UnmuteAsync(_romeo);
        Assert.Equal(2, (await Push.PreparePushAsync(row)).Notice!.Unread);
        await roster.BlockAsync(_romeo);
        Assert.Equal(PushPlan.Needless, await Push.PreparePushAsync(row));
    }

    [Fact]
    public async Task A_device_that_is_not_registered_any_more_is_not_pushed()
    {
        await _cluster.SendAsync(_romeo, _juliet, "1");
        var row = Row("phone")!;
        await _cluster.User<IDeviceGrain>(_juliet).RemovePushAsync("phone");
        Assert.Null(Row("phone"));
        Assert.Equal(PushPlan.Needless, await Push.PreparePushAsync(row));
        await RegisterAsync("phone");
        Assert.Null(Row("phone"));
    }

    [Fact]
    public async Task Hints_reach_the_recipients_copy_and_a_repetition_may_leave_them_out()
    {
        var first = await _cluster.SendAsync(_romeo, _juliet, "1", PushHints.Urgent);
        Assert.All([_romeo, _juliet], owner => Assert.Equal(PushHints.Urgent, _cluster.Mailboxes.Items(owner).Single().Hints));
        Assert.Equal(first with { Repeated = true }, await _cluster.SendAsync(_romeo, _juliet, "1"));
        Assert.True((await Push.PreparePushAsync(Row("phone")!)).Notice!.Urgent);
    }

    [Fact]
    public async Task While_the_store_is_away_a_push_waits()
    {
        await _cluster.SendAsync(_romeo, _juliet, "1");
        var row = Row("phone")!;
        await _cluster.ForgetAsync(_juliet);
        _cluster.Mailboxes.BeforeRead = () => throw new Core.Mailboxes.StoreUnavailableException("away");
        Assert.NotNull((await Push.PreparePushAsync(row)).NotBefore);
        _cluster.Mailboxes.BeforeRead = null;
        Assert.NotNull((await Push.PreparePushAsync(row)).Notice);
    }

    private IPushGrain Push => _cluster.User<IPushGrain>(_juliet);

    private PendingPush? Row(string device) => _cluster.Mailboxes.Pushes(_juliet).SingleOrDefault(row => row.Device == device);

    private async Task AckAsync(string device, long seq, bool read = false) =>
        Assert.Null((await _cluster.AskAsync(() => _cluster.User<IMailboxGrain>(_juliet).AckAsync(device, seq, read))).Fault);

    private async Task RegisterAsync(string device)
    {
        var registration = new PushRegistration { Platform = PushPlatform.Fcm, Token = $"token of {device}", App = "app", RegisteredAt = DateTimeOffset.UtcNow };
        Assert.Null((await _cluster.User<IDeviceGrain>(_juliet).SetPushAsync(device, registration)).Fault);
    }
}
