using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Gateways;
using Krewe.Core.Presence;
using Krewe.Core.Users;
using Krewe.Grains.Tests.Silos;

namespace Krewe.Grains.Tests.Presence;

/// <summary>Who sees whom, on a silo.</summary>
public sealed class PresenceFlowTests : IAsyncLifetime
{
    private UserCluster _cluster = null!;
    private Jid _romeo;
    private Jid _juliet;

    public async ValueTask InitializeAsync()
    {
        _cluster = await UserCluster.StartAsync(limits: limits => limits.StatusLength = 10);
        _romeo = await _cluster.RegisterAsync("romeo");
        _juliet = await _cluster.RegisterAsync("juliet");
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Romeo_sees_Juliet_come_change_and_go()
    {
        await _cluster.SubscribeAsync(_romeo, _juliet);
        var romeo = await _cluster.ConnectAsync(_romeo);
        var juliet = await _cluster.ConnectAsync(_juliet);
        await romeo.SeesAsync(_juliet, Show.Available);
        await _cluster.SayAsync(_juliet, Show.Dnd, "praying");
        Assert.Equal("praying", (await romeo.SeesAsync(_juliet, Show.Dnd)).Overall.Status);
        await juliet.CloseAsync();
        await romeo.SeesAsync(_juliet, Show.Offline);
        Assert.Equal(["juliet Available", "juliet Dnd", "juliet Offline"], romeo.SeenPresence);
    }

    [Fact]
    public async Task A_new_session_sees_at_once_who_is_there()
    {
        await _cluster.SubscribeAsync(_romeo, _juliet);
        await _cluster.ConnectAsync(_juliet);
        await _cluster.SayAsync(_juliet, Show.Xa);
        var first = await _cluster.ConnectAsync(_romeo);
        await first.SeesAsync(_juliet, Show.Xa);
        var second = await _cluster.ConnectAsync(_romeo, "desk");
        await second.SeesAsync(_juliet, Show.Xa);
        // Word of her coming may have been on its way still; what she is now comes once.
        Assert.Single((await first.AllAsync()).OfType<PresenceEvent>(), seen => seen.Change.Overall.Show == Show.Xa);
    }

    [Fact]
    public async Task Nobody_hears_of_what_does_not_change_the_person()
    {
        await _cluster.SubscribeAsync(_romeo, _juliet);
        var romeo = await _cluster.ConnectAsync(_romeo);
        await _cluster.ConnectAsync(_juliet);
        await romeo.SeesAsync(_juliet, Show.Available);
        await _cluster.SayAsync(_juliet, Show.Available);
        var desk = await _cluster.ConnectAsync(_juliet, "desk");
        await _cluster.SayAsync(_juliet, Show.Away, device: "desk");
        await desk.CloseAsync();
        await _cluster.SayAsync(_juliet, Show.Away);
        await romeo.SeesAsync(_juliet, Show.Away);
        Assert.Equal(["juliet Available", "juliet Away"], romeo.SeenPresence);
    }

    [Fact]
    public async Task A_session_that_wants_devices_sees_each_of_them()
    {
        await _cluster.SubscribeAsync(_romeo, _juliet);
        var romeo = await _cluster.ConnectAsync(_romeo, wants: SessionWants.All | SessionWants.Devices);
        await _cluster.ConnectAsync(_juliet);
        await _cluster.ConnectAsync(_juliet, "desk");
        await romeo.NextAsync<PresenceEvent>("the phone comes", seen => seen.Change.Device == "phone" && seen.Change.From == _juliet);
        await romeo.NextAsync<PresenceEvent>("the desk comes", seen => seen.Change.Device == "desk" && !seen.OverallChanged);
        var later = await _cluster.ConnectAsync(_romeo, "orchard", wants: SessionWants.All | SessionWants.Devices);
        var devices = (await later.AllAsync()).OfType<PresenceEvent>().Where(seen => seen.Change.From == _juliet).Select(seen => seen.Change.Device);
        Assert.Equal(["desk", "phone"], devices.Order());
    }

    [Fact]
    public async Task Presence_goes_one_way_only_if_the_subscription_does()
    {
        await _cluster.SubscribeAsync(_romeo, _juliet);
        var juliet = await _cluster.ConnectAsync(_juliet);
        var romeo = await _cluster.ConnectAsync(_romeo);
        await romeo.SeesAsync(_juliet, Show.Available);
        await _cluster.SayAsync(_romeo, Show.Away);
        Assert.Empty((await juliet.AllAsync()).OfType<PresenceEvent>());
    }

    [Fact]
    public async Task A_stranger_who_pushes_or_asks_gets_nothing_in()
    {
        var romeo = await _cluster.ConnectAsync(_romeo);
        var juliet = await _cluster.ConnectAsync(_juliet);
        await _cluster.User<ISessionGrain>(_romeo).ReceivePresenceAsync(new PresenceChange(_juliet, "x", PresenceState.Available, PresenceState.Available));
        await _cluster.User<ISessionGrain>(_romeo).ReceiveTypingAsync(_juliet, "x", "composing");
        await _cluster.User<ISessionGrain>(_romeo).ProbeAsync(_juliet);
        Assert.Empty(await romeo.AllAsync());
        Assert.Empty(await juliet.AllAsync());
    }

    [Fact]
    public async Task Ones_other_devices_see_the_person_change()
    {
        var phone = await _cluster.ConnectAsync(_romeo);
        var desk = await _cluster.ConnectAsync(_romeo, "desk");
        await _cluster.SayAsync(_romeo, Show.Away);
        await _cluster.SayAsync(_romeo, Show.Dnd, device: "desk");
        await phone.SeesAsync(_romeo, Show.Dnd);
        Assert.Empty((await desk.AllAsync()).OfType<PresenceEvent>());
    }

    [Fact]
    public async Task The_list_of_contacts_shows_presence_without_any_session()
    {
        await _cluster.SubscribeAsync(_romeo, _juliet);
        await _cluster.ConnectAsync(_juliet);
        await _cluster.SayAsync(_juliet, Show.Away, "tea");
        Assert.Equal("tea", (await _cluster.ContactAsync(_romeo, _juliet))!.Presence!.Status);
        await _cluster.ForgetAsync(_romeo);
        Assert.Equal("tea", (await _cluster.ContactAsync(_romeo, _juliet))!.Presence!.Status);
    }

    [Fact]
    public async Task Whoever_hides_stays_hidden_when_the_grain_moves()
    {
        await _cluster.SubscribeAsync(_romeo, _juliet);
        var romeo = await _cluster.ConnectAsync(_romeo);
        var juliet = await _cluster.ConnectAsync(_juliet);
        await romeo.SeesAsync(_juliet, Show.Available);
        await _cluster.SayAsync(_juliet, Show.Offline);
        await romeo.SeesAsync(_juliet, Show.Offline);
        await _cluster.ForgetAsync(_juliet);
        await juliet.NextAsync<RegisterAgainEvent>("the gateway is asked to register again");
        await _cluster.ConnectAsync(_juliet, again: true);
        Assert.DoesNotContain("juliet Available", (await romeo.AllAsync()).OfType<PresenceEvent>().Skip(2).Select(seen => $"juliet {seen.Change.Overall.Show}"));
        Assert.Equal(Show.Offline, (await _cluster.ContactAsync(_romeo, _juliet))!.Presence!.Show);
    }

    [Fact]
    public async Task A_client_that_comes_over_from_a_lost_activation_learns_who_went_meanwhile()
    {
        await _cluster.SubscribeAsync(_romeo, _juliet);
        var juliet = await _cluster.ConnectAsync(_juliet);
        var romeo = await _cluster.ConnectAsync(_romeo);
        await romeo.SeesAsync(_juliet, Show.Available);
        await _cluster.ForgetAsync(_romeo);
        await juliet.CloseAsync();
        var again = await _cluster.ConnectAsync(_romeo, again: true);
        await again.SeesAsync(_juliet, Show.Offline);
    }

    [Fact]
    public async Task A_session_that_ends_while_its_grain_is_gone_is_missed_by_nobody()
    {
        await _cluster.SubscribeAsync(_romeo, _juliet);
        var romeo = await _cluster.ConnectAsync(_romeo);
        var juliet = await _cluster.ConnectAsync(_juliet);
        await romeo.SeesAsync(_juliet, Show.Available);
        await _cluster.ForgetAsync(_juliet);
        await juliet.CloseAsync();
        await romeo.SeesAsync(_juliet, Show.Offline);
    }

    [Fact]
    public async Task Who_wrongly_believes_to_be_subscribed_learns_it_by_asking()
    {
        await _cluster.SubscribeAsync(_romeo, _juliet);
        // As if the end of it had been lost on its way: only Juliet's side knows.
        await _cluster.User<IRosterGrain>(_juliet).ReceiveSubscriptionAsync(_romeo, Krewe.Core.Contacts.SubscriptionStanza.Unsubscribe);
        var romeo = await _cluster.ConnectAsync(_romeo);
        await romeo.SeesContactAsync(_juliet, Krewe.Core.Contacts.Subscription.None);
    }

    [Fact]
    public async Task A_status_is_bounded()
    {
        var fault = (await _cluster.User<ISessionGrain>(_romeo).SetPresenceAsync("phone", PresenceState.Available with { Status = "01234567890" })).Fault;
        Assert.Equal((FaultCode.TooLarge, "status"), (fault?.Code, fault?.Member));
        Assert.Null((await _cluster.User<ISessionGrain>(_romeo).SetPresenceAsync("phone", PresenceState.Available with { Status = "😀😀😀😀😀😀😀😀😀😀" })).Fault);
    }
}
