using Krewe.Client;
using Krewe.Core.Addresses;

namespace Krewe.TestKit.Tests;

public sealed class SiloDeathTests
{
    [Fact]
    public async Task When_the_silo_with_the_grain_dies_nothing_is_lost_and_nothing_comes_twice()
    {
        await using var cluster = await KreweCluster.StartAsync(silos: 3);
        var romeo = await cluster.CreateUserAsync("romeo", gateway: 0);
        // Her grain is on silo 1, where she was first seen; she reads on gateway 2.
        await cluster.CreateUserAsync("juliet", gateway: 1);
        var juliet = await cluster.SignInAsync("juliet", "laptop", gateway: 2);
        Assert.Equal(1, await cluster.FindUserAsync("juliet"));
        const int Count = 600;
        var reading = juliet.ReadAsync(Count, patience: TimeSpan.FromSeconds(60));
        var sent = new List<Sent>();
        for (var n = 0; n < Count; n++)
        {
            if (n == 200) _ = cluster.KillSiloAsync(1);
            sent.Add(await romeo.SendAsync("juliet", $"{n}"));
        }
        var received = await reading;

        Assert.Equal(sent.Select(static message => message.Id), received.Select(static item => item.Id!));
        Assert.Equal(Enumerable.Range(1, Count).Select(static n => (long)n), received.Select(static item => item.Seq));
        var kept = await cluster.Mailboxes.ReadAsync(Jid.FromCanonical("juliet@localhost"), 0, int.MaxValue, int.MaxValue, default);
        Assert.Equal(kept.Items.Select(static item => item.Id), received.Select(static item => item.Id!));
        Assert.NotEqual(1, await cluster.FindUserAsync("juliet"));
    }

    [Fact]
    public async Task A_client_whose_gateway_dies_goes_on_at_another()
    {
        await using var cluster = await KreweCluster.StartAsync(silos: 2);
        var romeo = await cluster.CreateUserAsync("romeo", gateway: 0);
        var juliet = await cluster.CreateUserAsync("juliet", gateway: 1);
        var first = juliet.ReadAsync(1);
        await romeo.SendAsync("juliet", "one");
        var cursor = Assert.Single(await first).Seq;
        await cluster.KillSiloAsync(1);
        await romeo.SendAsync("juliet", "two");
        var again = await cluster.SignInAsync("juliet", gateway: 0);
        Assert.Equal("two", Assert.Single(await again.ReadAsync(1, after: cursor)).Body);
    }

    [Fact]
    public async Task A_silo_that_stops_and_one_that_starts_change_nothing_for_clients()
    {
        await using var cluster = await KreweCluster.StartAsync(silos: 2);
        var romeo = await cluster.CreateUserAsync("romeo", gateway: 0);
        await cluster.CreateUserAsync("juliet", gateway: 1);
        var juliet = await cluster.SignInAsync("juliet", "laptop", gateway: 0);
        var reading = juliet.ReadAsync(3);
        await romeo.SendAsync("juliet", "one");
        await cluster.StopSiloAsync(1);
        await romeo.SendAsync("juliet", "two");
        var fresh = await cluster.StartSiloAsync();
        var tybalt = await cluster.CreateUserAsync("tybalt", gateway: fresh);
        await tybalt.SendAsync("juliet", "three");
        Assert.Equal(["one", "two", "three"], (await reading).Select(static item => item.Body));
    }
}
