using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Core.Errors;
using Krewe.Core.Gateways;
using Krewe.Core.Presence;
using Krewe.Core.Users;
using Krewe.Grains.Tests.Silos;

namespace Krewe.Grains.Tests.Contacts;

/// <summary>What a block hides, on a silo.</summary>
public sealed class BlockFlowTests : IAsyncLifetime
{
    private UserCluster _cluster = null!;
    private Jid _romeo;
    private Jid _juliet;

    public async ValueTask InitializeAsync()
    {
        _cluster = await UserCluster.StartAsync(limits: limits => limits.Blocks = 3);
        _romeo = await _cluster.RegisterAsync("romeo");
        _juliet = await _cluster.RegisterAsync("juliet");
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Who_is_blocked_sees_offline_at_once_and_presence_again_after_the_unblock()
    {
        var (romeo, juliet) = await BeTogetherAsync();
        Assert.Null((await Roster(_juliet).BlockAsync(_romeo)).Fault);
        await romeo.SeesAsync(_juliet, Show.Offline);
        await juliet.SeesAsync(_romeo, Show.Offline);
        Assert.Equal(Show.Offline, (await _cluster.ContactAsync(_romeo, _juliet))!.Presence!.Show);

        await _cluster.SayAsync(_juliet, Show.Away);
        await _cluster.SayAsync(_romeo, Show.Away);
        Assert.DoesNotContain("juliet Away", await SeenAsync(romeo));
        Assert.DoesNotContain("romeo Away", await SeenAsync(juliet));

        Assert.Null((await Roster(_juliet).UnblockAsync(_romeo)).Fault);
        await romeo.SeesAsync(_juliet, Show.Away);
        await juliet.SeesAsync(_romeo, Show.Away);
    }

    [Fact]
    public async Task Blocking_removes_nothing_from_either_roster()
    {
        await BeTogetherAsync();
        await Roster(_juliet).BlockAsync(_romeo);
        Assert.Equal(Subscription.Both, (await _cluster.ContactAsync(_juliet, _romeo))!.Subscription);
        Assert.Equal(Subscription.Both, (await _cluster.ContactAsync(_romeo, _juliet))!.Subscription);
    }

    [Fact]
    public async Task A_new_session_of_the_blocked_one_sees_nothing_either()
    {
        await BeTogetherAsync();
        await Roster(_juliet).BlockAsync(_romeo);
        await _cluster.ForgetAsync(_romeo);
        var romeo = await _cluster.ConnectAsync(_romeo, "desk");
        Assert.DoesNotContain("juliet Available", await SeenAsync(romeo));
    }

    [Fact]
    public async Task Typing_passes_a_block_in_neither_direction()
    {
        var (romeo, juliet) = await BeTogetherAsync();
        await Roster(_juliet).BlockAsync(_romeo);
        Assert.Null((await _cluster.User<ISessionGrain>(_romeo).TypingAsync("phone", _juliet, "composing")).Fault);
        Assert.Null((await _cluster.User<ISessionGrain>(_juliet).TypingAsync("phone", _romeo, "composing")).Fault);
        Assert.Empty((await romeo.AllAsync()).Concat(await juliet.AllAsync()).OfType<TypingEvent>());
    }

    [Fact]
    public async Task Anybody_may_be_blocked_known_or_not_but_oneself()
    {
        var foreign = Jid.FromCanonical("tybalt@capulet.example");
        Assert.Null((await Roster(_romeo).BlockAsync(People.Named("nobody"))).Fault);
        Assert.Null((await Roster(_romeo).BlockAsync(foreign)).Fault);
        Assert.Null((await Roster(_romeo).BlockAsync(foreign)).Fault);
        var self = (await Roster(_romeo).BlockAsync(_romeo)).Fault;
        Assert.Equal((FaultCode.BadRequest, "address"), (self?.Code, self?.Member));
        Assert.Equal(2, (await Roster(_romeo).GetBlocksAsync()).Length);
        Assert.Null((await Roster(_romeo).UnblockAsync(foreign)).Fault);
        Assert.Null((await Roster(_romeo).UnblockAsync(foreign)).Fault);
        Assert.Equal([People.Named("nobody")], await Roster(_romeo).GetBlocksAsync());
    }

    [Fact]
    public async Task The_bound_on_blocks_names_itself()
    {
        for (var i = 0; i < 3; i++) await Roster(_romeo).BlockAsync(People.Named($"b{i}"));
        var refused = (await Roster(_romeo).BlockAsync(_juliet)).Fault;
        Assert.Equal((FaultCode.TooMany, "blocks"), (refused?.Code, refused?.Member));
    }

    private IRosterGrain Roster(Jid user) => _cluster.User<IRosterGrain>(user);

    private async Task<(TestSession Romeo, TestSession Juliet)> BeTogetherAsync()
    {
        await _cluster.BefriendAsync(_romeo, _juliet);
        var romeo = await _cluster.ConnectAsync(_romeo);
        var juliet = await _cluster.ConnectAsync(_juliet);
        await romeo.SeesAsync(_juliet, Show.Available);
        await juliet.SeesAsync(_romeo, Show.Available);
        return (romeo, juliet);
    }

    private static async Task<IEnumerable<string>> SeenAsync(TestSession session)
    {
        await session.AllAsync();
        return session.SeenPresence;
    }
}
