using System.Diagnostics;
using Krewe.Core.Gateways;
using Krewe.Streams.Outboxes;
using Krewe.Streams.Tests.Cluster;

namespace Krewe.Streams.Tests;

public sealed class PressureTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_gateway_that_is_held_up_gets_large_batches_afterwards(int from)
    {
        await using var cluster = await StreamCluster.StartAsync(2);
        var inbox = cluster.Inbox(1);
        inbox.Hold();
        for (var seq = 1; seq <= 5_000; seq++) cluster.Publish(from, 1, Events.Item(seq));
        await cluster.Service<OutboxMap>(from).WhenIdleAsync();
        inbox.Release();
        await inbox.Until(5_000, "gateway 1");
        Assert.Equal(Enumerable.Range(1, 5_000).Select(static n => (long)n), inbox.Events.Seqs());
        Assert.InRange(inbox.Batches.Count, 1, 20);
    }

    [Fact]
    public async Task A_silo_whose_gateway_takes_nothing_neither_waits_nor_grows_and_says_what_is_lost()
    {
        await using var cluster = await StreamCluster.StartAsync(2, static o =>
        {
            o.OutboxEvents = 1_000;
            o.InboxEvents = 500;
            o.DeliveryEvents = 100;
            o.BatchEvents = 100;
            o.FullInboxWait = TimeSpan.FromMilliseconds(100);
            o.RetryDelay = TimeSpan.FromMilliseconds(10);
        });
        var inbox = cluster.Inbox(1);
        inbox.Hold();
        var outboxes = cluster.Service<OutboxMap>(0);
        var clock = Stopwatch.StartNew();
        for (var seq = 1; seq <= 20_000; seq++) cluster.Publish(0, 1, Events.Item(seq));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.InRange(outboxes.Waiting, 1, 1_000);
        inbox.Release();
        await inbox.UntilGap(cluster.Address(0), "gateway 1");
        await outboxes.WhenIdleAsync();
        cluster.Publish(0, 1, Events.Item(20_001));
        await inbox.Until(static seen => seen.Seqs().Contains(20_001), "gateway 1 did not recover");
        var seqs = inbox.Events.Seqs().ToList();
        Assert.Equal(seqs.Distinct().Order(), seqs);
        Assert.InRange(seqs.Count, 1_000, 3_000);
    }

    [Fact]
    public async Task A_storm_of_presence_costs_no_item()
    {
        await using var cluster = await StreamCluster.StartAsync(1, static o =>
        {
            o.EphemeralEvents = 100;
            o.InboxEvents = 100;
            o.BatchEvents = 50;
            o.DeliveryEvents = 50;
        });
        var inbox = cluster.Inbox(0);
        inbox.Hold();
        for (var n = 1; n <= 10_000; n++)
        {
            cluster.Publish(0, 0, Events.Typing(n));
            if (n % 100 == 0) cluster.Publish(0, 0, Events.Item(n / 100));
        }
        inbox.Release();
        await inbox.Until(static seen => seen.Contains(Events.Typing(10_000)) && seen.Seqs().Contains(100), "the newest of both kinds did not come");
        Assert.Equal(Enumerable.Range(1, 100).Select(static n => (long)n), inbox.Events.Seqs());
        Assert.InRange(inbox.Events.OfType<TypingEvent>().Count(), 100, 1_000);
        Assert.Empty(inbox.Gaps);
    }
}
