// README.md and docs/testkit.md show this file from the next line on; a test compares them.
using Krewe.TestKit;

namespace Krewe.TestKit.Tests;

public sealed class ReadmeExample
{
    [Fact]
    public async Task Juliet_reads_everything_though_streams_lose_items_and_a_silo_dies()
    {
        await using var cluster = await KreweCluster.StartAsync(silos: 3);
        var romeo = await cluster.CreateUserAsync("romeo", gateway: 0);
        var juliet = await cluster.CreateUserAsync("juliet", gateway: 2);
        var reading = juliet.ReadAsync(100);

        cluster.DropStreamItems(0.2);
        cluster.RepeatStreamItems(0.2);
        cluster.DelayStreamItems(0.2);
        for (var n = 1; n <= 50; n++) await romeo.SendAsync("juliet", $"line {n}");

        await cluster.KillSiloAsync(1);
        for (var n = 51; n <= 100; n++) await romeo.SendAsync("juliet", $"line {n}");

        var lines = await reading;
        Assert.Equal(Enumerable.Range(1, 100).Select(n => $"line {n}"), lines.Select(item => item.Body));

        cluster.Clock.Advance(TimeSpan.FromDays(31));
        var refused = await Assert.ThrowsAsync<Krewe.Client.KreweException>(() => romeo.SendAsync("juliet", "good night"));
        Assert.Equal("unauthorized", refused.Code);
    }
}
