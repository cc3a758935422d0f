using Krewe.Core.Addresses;
using Krewe.Core.Connections;
using Krewe.Core.Errors;
using Krewe.Core.Gateways;
using Krewe.Core.Presence;
using Krewe.Core.Users;
using Krewe.Grains.Tests.Silos;

namespace Krewe.Grains.Tests.Sessions;

/// <summary>Sessions of one user, on a silo.</summary>
public sealed class SessionFlowTests : IAsyncLifetime
{
    private UserCluster _cluster = null!;
    private Jid _romeo;
    private Jid _juliet;

    public async ValueTask InitializeAsync()
    {
        _cluster = await UserCluster.StartAsync(limits: limits => (limits.SessionsPerUser, limits.Devices) = (3, 8));
        _romeo = await _cluster.RegisterAsync("romeo");
        _juliet = await _cluster.RegisterAsync("juliet");
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task An_unknown_account_has_no_sessions()
    {
        var opened = await Sessions(People.Named("nobody")).OpenSessionAsync(Session("s"));
        Assert.Equal(FaultCode.NotFound, opened.Fault?.Code);
    }

    [Fact]
    public async Task Nothing_is_lost_between_the_answer_and_the_first_event()
    {
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
                Assert.Null((await _cluster.User<IMailboxGrain>(_juliet).SendAsync("balcony", [People.Draft(_romeo, $"m{i}")]))[0].Fault);
        });
        for (var round = 0; round < 30; round++)
        {
            var session = await _cluster.ConnectAsync(_romeo, $"d{round % 3}");
            var opened = await Sessions(_romeo).OpenSessionAsync(session.Info);
            var expected = opened.Value!.Last + 1;
            for (var i = 0; i < 5; i++, expected++)
            {
                var next = await session.NextAsync<ItemEvent>($"item {expected} comes", seen => seen.Item.Seq >= expected);
                Assert.Equal(expected, next.Item.Seq);
            }
            await session.CloseAsync();
        }
        await stop.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task The_answer_says_what_there_is_and_who_holds_it()
    {
        for (var i = 0; i < 3; i++) await _cluster.User<IMailboxGrain>(_juliet).SendAsync("balcony", [People.Draft(_romeo, $"m{i}")]);
        var opened = (await Sessions(_romeo).OpenSessionAsync(Session("s"))).Value!;
        Assert.Equal((1L, 3L, _cluster.Silos[0]), (opened.First, opened.Last, opened.Core));
    }

    [Fact]
    public async Task The_same_session_again_is_seen_by_nobody()
    {
        await _cluster.SubscribeAsync(_juliet, _romeo);
        var juliet = await _cluster.ConnectAsync(_juliet);
        var romeo = await _cluster.ConnectAsync(_romeo);
        await juliet.SeesAsync(_romeo, Show.Available);
        Assert.Null((await Sessions(_romeo).OpenSessionAsync(romeo.Info)).Fault);
        await romeo.CloseAsync();
        await juliet.SeesAsync(_romeo, Show.Offline);
        Assert.Equal(["romeo Available", "romeo Offline"], juliet.SeenPresence);
        await romeo.CloseAsync();
    }

    [Fact]
    public async Task A_renewed_session_is_shown_nothing_twice()
    {
        await _cluster.SubscribeAsync(_juliet, _romeo);
        await _cluster.ConnectAsync(_romeo);
        var juliet = await _cluster.ConnectAsync(_juliet);
        await juliet.SeesAsync(_romeo, Show.Available);
        Assert.Null((await Sessions(_juliet).OpenSessionAsync(juliet.Info)).Fault);
        Assert.Single((await juliet.AllAsync()).OfType<PresenceEvent>());
    }

    [Fact]
    public async Task Sessions_of_a_user_are_bounded_and_the_bound_names_itself()
    {
        for (var i = 0; i < 3; i++) await _cluster.ConnectAsync(_romeo);
        var refused = (await Sessions(_romeo).OpenSessionAsync(Session("one more"))).Fault;
        Assert.Equal((FaultCode.TooMany, "sessions"), (refused?.Code, refused?.Member));
    }

    [Fact]
    public async Task When_a_gateway_is_lost_its_sessions_are_gone_and_the_others_stay()
    {
        await _cluster.SubscribeAsync(_juliet, _romeo);
        var other = UserCluster.OtherGateway;
        var juliet = await _cluster.ConnectAsync(_juliet);
        await _cluster.ConnectAsync(_romeo, gateway: other);
        await _cluster.ConnectAsync(_romeo, gateway: other);
        await juliet.SeesAsync(_romeo, Show.Available);
        var desk = await _cluster.ConnectAsync(_romeo, "desk");
        await _cluster.SayAsync(_romeo, Show.Xa, device: "desk");
        await Sessions(_romeo).GatewayLostAsync(other);
        await juliet.SeesAsync(_romeo, Show.Xa);
        await desk.CloseAsync();
        await juliet.SeesAsync(_romeo, Show.Offline);
    }

    [Fact]
    public async Task A_grain_that_leaves_asks_its_gateways_to_register_again()
    {
        var romeo = await _cluster.ConnectAsync(_romeo);
        await _cluster.ForgetAsync(_romeo);
        await romeo.NextAsync<RegisterAgainEvent>("the gateway is asked to register again");
    }

    private ISessionGrain Sessions(Jid user) => _cluster.User<ISessionGrain>(user);

    [Fact]
    public async Task An_exclusive_session_ends_the_exclusive_one_before_it_on_its_device()
    {
        var first = await _cluster.ConnectAsync(_romeo, "desk");
        var shared = await _cluster.ConnectAsync(_romeo, "desk");
        Assert.Null((await Sessions(_romeo).OpenSessionAsync(first.Info with { Exclusive = true })).Fault);
        var second = Session("second") with { Device = "desk", Exclusive = true };
        Assert.Null((await Sessions(_romeo).OpenSessionAsync(second)).Fault);
        var close = await first.NextAsync<CloseEvent>("the first is told to close", _ => true);
        Assert.Equal((first.Info.SessionId, CloseReason.Replaced), (close.SessionId, close.Reason));
        // The one that is there, renewed, ends nobody; nor does one that shares its device.
        Assert.Null((await Sessions(_romeo).OpenSessionAsync(second)).Fault);
        Assert.Null((await Sessions(_romeo).OpenSessionAsync(shared.Info)).Fault);
        await _cluster.User<IMailboxGrain>(_juliet).SendAsync("balcony", [People.Draft(_romeo, "still here")]);
        await shared.NextAsync<ItemEvent>("the message comes to the other", _ => true);
    }

    [Fact]
    public async Task An_exclusive_session_is_told_what_was_dealt_with_and_finds_a_place_among_the_devices()
    {
        for (var i = 0; i < 3; i++) await _cluster.User<IMailboxGrain>(_juliet).SendAsync("balcony", [People.Draft(_romeo, $"m{i}")]);
        await _cluster.User<IMailboxGrain>(_romeo).AckAsync("phone", 2, read: false);
        for (var i = 0; i < 12; i++)
        {
            var opened = await Sessions(_romeo).OpenSessionAsync(Session($"s{i}") with { Device = $"resource {i}", Exclusive = true });
            Assert.Equal(2, opened.Value!.Delivered);
            await Sessions(_romeo).CloseSessionAsync($"s{i}");
        }
        Assert.Equal(8, (await _cluster.User<IDeviceGrain>(_romeo).GetDevicesAsync()).Length);
        Assert.Equal(FaultCode.TooMany, (await Sessions(_romeo).OpenSessionAsync(Session("native") with { Device = "one more" })).Fault?.Code);
    }

    private static SessionInfo Session(string id) => new() { SessionId = id, Device = "phone", Gateway = UserCluster.SomeGateway };
}
