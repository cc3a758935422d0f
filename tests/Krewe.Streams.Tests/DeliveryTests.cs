using Krewe.Streams.Tests.Cluster;

namespace Krewe.Streams.Tests;

public sealed class DeliveryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Every_silo_reaches_every_gateway_in_order(int silos)
    {
        const int Count = 3_000;
        await using var cluster = await StreamCluster.StartAsync(silos);
        for (var seq = 1; seq <= Count; seq++)
        {
            for (var from = 0; from < silos; from++)
            {
                for (var to = 0; to < silos; to++) cluster.Publish(from, to, Events.Item(seq, from: $"silo{from}@localhost"));
            }
        }
        for (var to = 0; to < silos; to++)
        {
            var inbox = cluster.Inbox(to);
            await inbox.Until(Count * silos, $"gateway {to}");
            foreach (var sender in inbox.Events.OfType<Core.Gateways.ItemEvent>().GroupBy(static e => e.Item.From))
            {
                Assert.Equal(Enumerable.Range(1, Count).Select(static n => (long)n), sender.Seqs());
            }
            Assert.Equal(Count * silos, inbox.Events.Count);
            Assert.Empty(inbox.Gaps);
            Assert.False(inbox.CalledTwiceAtOnce, "the gateway was called by two threads at once");
        }
    }
}
