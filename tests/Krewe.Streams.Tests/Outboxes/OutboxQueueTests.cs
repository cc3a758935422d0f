using Krewe.Core.Gateways;
using Krewe.Streams.Outboxes;
using Krewe.Streams.Tests.Cluster;

namespace Krewe.Streams.Tests.Outboxes;

public sealed class OutboxQueueTests
{
    private readonly GatewayStreamOptions _options = new();

    [Fact]
    public void Items_and_ephemeral_events_keep_their_common_order()
    {
        var queue = new OutboxQueue(_options);
        GatewayEvent[] events = [Events.Typing(1), Events.Item(1), Events.Item(2), Events.Typing(2), Events.Item(3)];
        foreach (var gatewayEvent in events) Assert.Null(queue.Add(gatewayEvent));
        Assert.Equal(events, queue.Take());
        Assert.Empty(queue.Take());
    }

    [Fact]
    public void A_full_ephemeral_queue_loses_the_oldest_and_no_item()
    {
        _options.EphemeralEvents = 16;
        var queue = new OutboxQueue(_options);
        queue.Add(Events.Item(1));
        for (var n = 1; n <= 20; n++) Assert.Equal(n > 16 ? Loss.EphemeralOverflow : null, queue.Add(Events.Typing(n)));
        var taken = queue.Take();
        Assert.Equal(Events.Item(1), taken[0]);
        Assert.Equal(Enumerable.Range(5, 16).Select(static n => (GatewayEvent)Events.Typing(n)), taken.Skip(1));
    }

    [Fact]
    public void A_full_queue_refuses_the_newest_item()
    {
        _options.OutboxEvents = 3;
        var queue = new OutboxQueue(_options);
        for (var seq = 1; seq <= 3; seq++) Assert.Null(queue.Add(Events.Item(seq)));
        Assert.Equal(Loss.OutboxFull, queue.Add(Events.Item(4)));
        Assert.Equal([1, 2, 3], queue.Take().Seqs());
        Assert.Null(queue.Add(Events.Item(5)));
    }

    [Fact]
    public void The_bound_in_bytes_counts_bodies()
    {
        _options.OutboxBytes = 10_000;
        var queue = new OutboxQueue(_options);
        Assert.Null(queue.Add(Events.Item(1, new string('x', 4_000))));
        Assert.Equal(Loss.OutboxFull, queue.Add(Events.Item(2, new string('x', 4_000))));
        Assert.Null(queue.Add(Events.Item(3)));
        queue.Take();
        Assert.Null(queue.Add(Events.Item(4, new string('x', 4_000))));
    }

    [Fact]
    public void A_batch_ends_at_its_bound_in_events()
    {
        _options.BatchEvents = 2;
        var queue = new OutboxQueue(_options);
        for (var seq = 1; seq <= 5; seq++) queue.Add(Events.Item(seq));
        Assert.Equal([1, 2], queue.Take().Seqs());
        Assert.Equal([3, 4], queue.Take().Seqs());
        Assert.Equal([5], queue.Take().Seqs());
    }

    [Fact]
    public void A_batch_ends_at_its_bound_in_bytes_but_holds_at_least_one_event()
    {
        _options.BatchBytes = 5_000;
        var queue = new OutboxQueue(_options);
        queue.Add(Events.Item(1));
        queue.Add(Events.Item(2, new string('x', 10_000)));
        queue.Add(Events.Item(3));
        Assert.Equal([1], queue.Take().Seqs());
        Assert.Equal([2], queue.Take().Seqs());
        Assert.Equal([3], queue.Take().Seqs());
    }
}
