using Krewe.Core.Contacts;
using Krewe.Core.Errors;
using Krewe.Core.Presence;
using Krewe.Core.Users;

namespace Krewe.Grains.Tests.Silos;

/// <summary>Three silos, one of which dies (R7: no phantom presence longer than 60 s).</summary>
public sealed class SiloDeathTests : IAsyncLifetime
{
    private UserCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await UserCluster.StartAsync(silos: 3);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Whose_gateway_died_is_offline()
    {
        var silos = _cluster.Silos;
        var romeo = await _cluster.RegisterAsync("romeo", on: silos[0]);
        var juliet = await _cluster.RegisterAsync("juliet", on: silos[1]);
        await _cluster.SubscribeAsync(romeo, juliet);
        var seen = await _cluster.ConnectAsync(romeo, gateway: silos[0]);
        var gone = await _cluster.ConnectAsync(juliet, gateway: silos[2]);
        await seen.SeesAsync(juliet, Show.Available);
        await _cluster.KillAsync(silos[2]);
        await seen.SeesAsync(juliet, Show.Offline);
        var late = await _cluster.User<ISessionGrain>(juliet).OpenSessionAsync(gone.Info);
        Assert.Equal(FaultCode.Unavailable, late.Fault?.Code);
    }

    [Fact]
    public async Task Who_died_with_grain_and_gateway_is_offline_too()
    {
        var silos = _cluster.Silos;
        var romeo = await _cluster.RegisterAsync("romeo", on: silos[0]);
        var juliet = await _cluster.RegisterAsync("juliet", on: silos[2]);
        await _cluster.SubscribeAsync(romeo, juliet);
        var seen = await _cluster.ConnectAsync(romeo, gateway: silos[0]);
        await _cluster.ConnectAsync(juliet, gateway: silos[2]);
        await seen.SeesAsync(juliet, Show.Available);
        await _cluster.KillAsync(silos[2]);
        await seen.SeesAsync(juliet, Show.Offline);
    }

    [Fact]
    public async Task Whose_grain_died_and_who_registers_again_never_seemed_to_be_away()
    {
        var silos = _cluster.Silos;
        var romeo = await _cluster.RegisterAsync("romeo", on: silos[0]);
        var juliet = await _cluster.RegisterAsync("juliet", on: silos[2]);
        await _cluster.SubscribeAsync(romeo, juliet);
        var seen = await _cluster.ConnectAsync(romeo, gateway: silos[0]);
        await _cluster.ConnectAsync(juliet, gateway: silos[1]);
        await seen.SeesAsync(juliet, Show.Available);
        await _cluster.KillAsync(silos[2]);
        await RegisterAgainAsync();
        await _cluster.SayAsync(juliet, Show.Away);
        await seen.SeesAsync(juliet, Show.Away);
        Assert.Equal(["juliet Available", "juliet Away"], seen.SeenPresence);

        async Task RegisterAgainAsync()
        {
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    await _cluster.ConnectAsync(juliet, gateway: silos[1], again: true);
                    return;
                }
                catch (Exception) when (attempt < 50)
                {
                    // As a gateway does: the dead silo is still in the directory for a moment.
                }
            }
        }
    }

    [Fact]
    public async Task Rosters_agree_in_the_end_though_a_silo_dies_in_between()
    {
        var silos = _cluster.Silos;
        var romeo = await _cluster.RegisterAsync("romeo", on: silos[0]);
        var julia = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _cluster.RegisterAsync($"j{i}", on: silos[2])));
        foreach (var peer in julia) await _cluster.BefriendAsync(romeo, peer);
        var killing = _cluster.KillAsync(silos[2]);
        var removing = julia.Select(peer => _cluster.User<IRosterGrain>(romeo).RemoveContactAsync(peer).AsTask()).ToArray();
        await killing;
        foreach (var done in await Task.WhenAll(removing)) Assert.Null(done.Fault);
        foreach (var peer in julia)
        {
            Contact? contact;
            do contact = await _cluster.ContactAsync(peer, romeo);
            while (contact!.Subscription != Subscription.None);
        }
        Assert.Empty(await _cluster.User<IRosterGrain>(romeo).GetContactsAsync());
    }
}
