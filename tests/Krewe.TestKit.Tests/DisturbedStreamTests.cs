using System.Globalization;
using Krewe.Client;
using Krewe.Core.Addresses;

namespace Krewe.TestKit.Tests;

/// <summary>Whatever the gateway streams do, a client gets its mailbox: every item once, in order.</summary>
public sealed class DisturbedStreamTests
{
    private const int Messages = 2_000;

    [Theory]
    [InlineData(Transport.WebSocket)]
    [InlineData(Transport.ServerSentEvents)]
    [InlineData(Transport.LongPoll)]
    public async Task Lost_repeated_late_and_mixed_up_items_are_not_seen(Transport transport)
    {
        await using var cluster = await KreweCluster.StartAsync(silos: 3);
        var romeo = await cluster.CreateUserAsync("romeo", gateway: 0);
        var mercutio = await cluster.CreateUserAsync("mercutio", gateway: 1);
        // Made on gateway 0 and read on gateway 2, so that her items cross the network.
        await cluster.CreateUserAsync("juliet", gateway: 0);
        var juliet = await cluster.SignInAsync("juliet", "laptop", gateway: 2);
        cluster.DropStreamItems(0.1);
        cluster.RepeatStreamItems(0.2);
        cluster.DelayStreamItems(0.2, TimeSpan.FromMilliseconds(30));
        cluster.ReorderStreamItems(0.3);
        var reading = juliet.ReadAsync(Messages, patience: TimeSpan.FromSeconds(90), transports: transport);
        await Task.WhenAll(SendAsync(romeo), SendAsync(mercutio));
        var received = await reading;

        var kept = await cluster.Mailboxes.ReadAsync(Jid.FromCanonical("juliet@localhost"), 0, int.MaxValue, int.MaxValue, default);
        Assert.Equal(Messages, kept.Items.Length);
        Assert.Equal(kept.Items.Select(static item => (item.Seq, item.Id, item.Body)), received.Select(static item => (item.Seq, item.Id!, item.Body)));
        foreach (var sender in received.GroupBy(static item => item.From))
            Assert.Equal(Enumerable.Range(0, Messages / 2).Select(static n => n.ToString(CultureInfo.InvariantCulture)), sender.Select(static item => item.Body));
        Assert.All([cluster.Faults.Dropped, cluster.Faults.Repeated, cluster.Faults.Delayed], static n => Assert.True(n > 0, "a fault never happened"));
    }

    [Fact]
    public async Task An_item_that_is_lost_with_none_after_it_comes_by_the_heartbeat()
    {
        await using var cluster = await KreweCluster.StartAsync(silos: 2);
        var romeo = await cluster.CreateUserAsync("romeo", gateway: 0);
        await cluster.CreateUserAsync("juliet", gateway: 0);
        var juliet = await cluster.SignInAsync("juliet", "laptop", gateway: 1);
        await using var socket = await juliet.ConnectAsync();
        await romeo.SendAsync("juliet", "first");
        await using var events = socket.ReadAllAsync().GetAsyncEnumerator();
        Assert.Equal("first", (await events.NextItemAsync()).Body);
        cluster.CutStream(await cluster.FindUserAsync("juliet") ?? -1, 1);
        await romeo.SendAsync("juliet", "last");
        cluster.RestoreStreams();
        Assert.Equal("last", (await events.NextItemAsync()).Body);
    }

    /// <summary>Over one WebSocket, so that the order is the sender's; some messages are on their way at the same time.</summary>
    private static async Task SendAsync(KreweClient sender)
    {
        await using var socket = await sender.ConnectAsync();
        var underWay = new Queue<Task>();
        for (var n = 0; n < Messages / 2; n++)
        {
            underWay.Enqueue(socket.SendAsync(new OutgoingMessage("juliet") { Body = n.ToString(CultureInfo.InvariantCulture) }));
            if (underWay.Count == 20) await underWay.Dequeue();
        }
        await Task.WhenAll(underWay);
    }
}
