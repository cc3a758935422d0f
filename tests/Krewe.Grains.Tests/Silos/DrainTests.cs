using Krewe.Core.Draining;
using Krewe.Core.Gateways;
using Krewe.Core.Users;
using Microsoft.Extensions.DependencyInjection;

namespace Krewe.Grains.Tests.Silos;

/// <summary>A silo gives its users to the others and takes no more, while it still answers.</summary>
public sealed class DrainTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private UserCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await UserCluster.StartAsync(silos: 3);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_drained_silo_has_no_users_and_gets_none_though_it_is_the_caller()
    {
        var silos = _cluster.Silos;
        foreach (var i in Enumerable.Range(0, 20)) await _cluster.RegisterAsync($"user{i}", on: silos[2]);
        var before = await DrainOf(silos[0]).StatusAsync(silos[2]);
        Assert.Equal((DrainStage.Serving, 20, null), (before.Stage, before.Users, before.Since));

        // By another silo, as an operator does.
        var begun = await DrainOf(silos[0]).DrainAsync(silos[2]);
        Assert.NotEqual(DrainStage.Serving, begun.Stage);
        await LocalDrain(silos[2]).DrainAsync().WaitAsync(Patience);

        var drained = await DrainOf(silos[1]).StatusAsync(silos[2]);
        Assert.Equal((DrainStage.Drained, 0), (drained.Stage, drained.Users));
        Assert.True(drained.Deadline > drained.Since);
        // Known users and new ones, called from the drained silo itself, for which a user is placed beside the caller.
        await _cluster.RegisterAsync("late", on: silos[2]);
        foreach (var i in Enumerable.Range(0, 20)) Assert.True(await Factory(silos[2]).GetGrain<IAccountGrain>(People.Named($"user{i}").Text).ExistsAsync());
        Assert.Equal(0, LocalDrain(silos[2]).Status.Users);
        Assert.Equal(21, LocalDrain(silos[0]).Status.Users + LocalDrain(silos[1]).Status.Users);
    }

    [Fact]
    public async Task A_user_moves_with_the_state_and_gateways_register_again()
    {
        var silos = _cluster.Silos;
        var romeo = await _cluster.RegisterAsync("romeo", on: silos[2]);
        var juliet = await _cluster.RegisterAsync("juliet", on: silos[0]);
        var session = await _cluster.ConnectAsync(juliet, gateway: silos[0]);
        var moving = await _cluster.ConnectAsync(romeo, gateway: silos[1]);
        await _cluster.SendAsync(romeo, juliet, "before");
        var reads = _cluster.States.Reads;

        await LocalDrain(silos[2]).DrainAsync().WaitAsync(Patience);

        await moving.NextAsync<RegisterAgainEvent>("the gateway of romeo's session is asked to register it again");
        Assert.Equal(2, (await _cluster.SendAsync(romeo, juliet, "after")).Seq);
        // Handed over, not read.
        Assert.Equal(reads, _cluster.States.Reads);
        await session.NextAsync<ItemEvent>("juliet gets what was sent after the move", item => item.Item.Id == "after");
    }

    [Fact]
    public async Task Sends_go_on_while_users_move()
    {
        var silos = _cluster.Silos;
        var senders = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _cluster.RegisterAsync($"s{i}", on: silos[2])));
        var juliet = await _cluster.RegisterAsync("juliet", on: silos[2]);
        var moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sending = senders.Select(async sender =>
        {
            var sent = 0;
            for (; !moved.Task.IsCompleted || sent < 20; sent++) await _cluster.SendAsync(sender, juliet, $"{sent}");
            return sent;
        }).ToArray();

        await LocalDrain(silos[2]).DrainAsync().WaitAsync(Patience);
        moved.SetResult();

        var total = (await Task.WhenAll(sending).WaitAsync(Patience)).Sum();
        Assert.Equal(0, LocalDrain(silos[2]).Status.Users);
        var page = await _cluster.User<IMailboxGrain>(juliet).ReadAsync(0, 500);
        Assert.Equal(total, page.Value!.Last);
    }

    [Fact]
    public async Task With_nowhere_to_go_users_stay_and_are_served()
    {
        var silos = _cluster.Silos;
        var romeo = await _cluster.RegisterAsync("romeo", on: silos[0]);
        await Task.WhenAll(silos.Select(silo => LocalDrain(silo).DrainAsync())).WaitAsync(Patience);

        Assert.All(silos, silo => Assert.Equal(DrainStage.Drained, LocalDrain(silo).Stage));
        Assert.Equal(1, (await _cluster.SendAsync(romeo, romeo, "note")).Seq);
    }

    private IGrainFactory Factory(SiloAddress silo) => _cluster.On(silo).GetRequiredService<IGrainFactory>();

    private IClusterDrain DrainOf(SiloAddress caller) => _cluster.On(caller).GetRequiredService<IClusterDrain>();

    private ISiloDrain LocalDrain(SiloAddress silo) => _cluster.On(silo).GetRequiredService<ISiloDrain>();
}
