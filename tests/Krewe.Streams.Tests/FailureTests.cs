using System.Diagnostics;
using Krewe.Core.Gateways;
using Krewe.Streams.Inboxes;
using Krewe.Streams.Provider;
using Krewe.Streams.Tests.Cluster;
using Krewe.TestKit;
using Orleans.Core.Internal;

namespace Krewe.Streams.Tests;

public sealed class FailureTests
{
    [Fact]
    public async Task A_killed_silo_makes_its_events_suspect_and_its_outbox_goes()
    {
        await using var cluster = await StreamCluster.StartAsync(3);
        var victim = cluster.Address(2);
        cluster.Publish(0, 2, Events.Item(1));
        cluster.Publish(2, 0, Events.Item(1));
        await cluster.Inbox(0).Until(1, "before the kill");
        await cluster.KillAsync(2);
        await cluster.Inbox(0).UntilGap(victim, "gateway 0");
        await cluster.Inbox(1).UntilGap(victim, "gateway 1, which had got nothing from it");
        cluster.Publish(0, victim, Events.Item(2));
        cluster.Publish(0, 1, Events.Item(3));
        await cluster.Inbox(1).Until(1, "after the kill");
    }

    [Fact]
    public async Task A_stopped_silo_is_suspect_too()
    {
        await using var cluster = await StreamCluster.StartAsync(2);
        var victim = cluster.Address(1);
        await cluster.StopAsync(1);
        await cluster.Inbox(0).UntilGap(victim, "gateway 0");
    }

    [Fact]
    public async Task A_new_silo_gets_its_own_events_and_sends()
    {
        await using var cluster = await StreamCluster.StartAsync(2);
        var old = cluster.Address(1);
        cluster.Publish(0, 1, Events.Item(1));
        await cluster.Inbox(1).Until(1, "the first life");
        await cluster.KillAsync(1);
        await cluster.Inbox(0).UntilGap(old, "gateway 0");
        var fresh = await cluster.StartAnotherAsync();
        var index = cluster.IndexOf(fresh);
        cluster.Publish(0, old, Events.Item(2));
        cluster.Publish(0, fresh, Events.Item(3));
        cluster.Publish(index, cluster.Address(0), Events.Item(4));
        await cluster.Inbox(index).Until(1, "the second life");
        await cluster.Inbox(0).Until(1, "gateway 0");
        Assert.Equal([3], cluster.Inbox(index).Events.Seqs());
        Assert.All(cluster.Inbox(index).Gaps, gap => Assert.Equal(old, gap));
    }

    [Fact]
    public async Task A_silo_stops_at_once_though_its_receiver_waits()
    {
        await using var cluster = await StreamCluster.StartAsync(2);
        cluster.Publish(0, 1, Events.Item(1));
        await cluster.Inbox(1).Until(1, "before the stop");
        var clock = Stopwatch.StartNew();
        await cluster.StopAsync(1);
        // 0.2 s alone on the machine; a receiver that ignored its token would take 30 s.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task What_a_stopping_silo_has_published_still_arrives()
    {
        await using var cluster = await StreamCluster.StartAsync(2);
        for (var seq = 1; seq <= 2_000; seq++) cluster.Publish(1, 0, Events.Item(seq));
        await cluster.StopAsync(1);
        await cluster.Inbox(0).Until(2_000, "gateway 0");
    }

    [Fact]
    public async Task A_heartbeat_betrays_what_was_lost_last()
    {
        var faults = new StreamFaults();
        await using var cluster = await StreamCluster.StartAsync(2, faults: faults);
        cluster.Publish(0, 1, Events.Item(1));
        await cluster.Inbox(1).Until(1, "before the cut");
        Assert.Empty(cluster.Inbox(1).Gaps);
        faults.Cut(cluster.Address(0), cluster.Address(1));
        cluster.Publish(0, 1, Events.Item(2));
        await cluster.Service<Streams.Outboxes.OutboxMap>(0).WhenIdleAsync();
        faults.Heal(cluster.Address(0), cluster.Address(1));
        await cluster.Inbox(1).UntilGap(cluster.Address(0), "gateway 1");
        Assert.Equal([1], cluster.Inbox(1).Events.Seqs());
    }

    [Fact]
    public async Task Disturbed_streams_lose_repeat_and_mix_up_but_the_gateway_knows_of_every_loss()
    {
        const int Count = 2_000;
        var faults = new StreamFaults { Drop = 0.05, Repeat = 0.1, Delay = 0.1, Reorder = 0.5, MaxDelay = TimeSpan.FromMilliseconds(20) };
        await using var cluster = await StreamCluster.StartAsync(2, faults: faults);
        for (var seq = 1; seq <= Count; seq++) cluster.Publish(0, 1, Events.Item(seq));
        await cluster.Inbox(1).UntilGap(cluster.Address(0), "gateway 1");
        await cluster.Service<Streams.Outboxes.OutboxMap>(0).WhenIdleAsync();
        await cluster.Inbox(1).Until(Count - (int)faults.Dropped + (int)faults.Repeated, "gateway 1");
        var seqs = cluster.Inbox(1).Events.Seqs().ToList();
        Assert.Equal(Count - faults.Dropped, seqs.Distinct().Count());
        Assert.NotEqual(seqs.Order(), seqs);
        Assert.All([faults.Dropped, faults.Repeated, faults.Delayed], static n => Assert.True(n > 0));
    }

    [Fact]
    public async Task A_gateway_that_throws_gets_the_next_batch_and_is_told_of_the_gap()
    {
        await using var cluster = await StreamCluster.StartAsync(1);
        cluster.Inbox(0).Failure = new InvalidOperationException("The test says so.");
        cluster.Publish(0, 0, Events.Item(1));
        await cluster.Inbox(0).UntilGap(null, "the gateway");
        cluster.Publish(0, 0, Events.Item(2));
        await cluster.Inbox(0).Until(1, "the gateway");
    }

    [Fact]
    public async Task A_silo_without_a_gateway_only_sends()
    {
        await using var cluster = await StreamCluster.StartAsync(2, hasGateway: static silo => silo == "Silo_0");
        var gateway = cluster.IndexOf(cluster.Silos.Single(static silo => silo.Name == "Silo_0").SiloAddress);
        cluster.Publish(1 - gateway, gateway, Events.Item(1));
        await cluster.Inbox(gateway).Until(1, "the gateway");
        cluster.Publish(gateway, 1 - gateway, Events.Item(2));
        await cluster.Service<Streams.Outboxes.OutboxMap>(gateway).WhenIdleAsync();
    }

    [Fact]
    public async Task A_consumer_on_the_wrong_silo_refuses_to_run()
    {
        await using var cluster = await StreamCluster.StartAsync(1);
        var elsewhere = SiloAddress.New(System.Net.IPAddress.Loopback, 1, 1);
        var grain = cluster.Service<IGrainFactory>(0).GetGrain<IGatewayConsumerGrain>(elsewhere.ToParsableString());
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle().AsTask());
        Assert.Contains("was placed on silo", failure.ToString(), StringComparison.Ordinal);
    }
}
