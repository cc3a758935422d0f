using Krewe.Client;

namespace Krewe.TestKit.Tests;

public sealed class ClusterTests
{
    [Fact]
    public async Task Romeo_sends_on_one_gateway_and_Juliet_reads_on_another()
    {
        await using var cluster = await KreweCluster.StartAsync(silos: 3);
        Assert.Equal(3, cluster.Gateways.Distinct().Count());
        var romeo = await cluster.CreateUserAsync("romeo", gateway: 0);
        var juliet = await cluster.CreateUserAsync("juliet", gateway: 2);
        var reading = juliet.ReadAsync(1);
        var sent = await romeo.SendAsync("juliet", "But soft! what light through yonder window breaks?");
        var item = Assert.Single(await reading);
        Assert.Equal((sent.Id, "romeo@localhost", "phone"), (item.Id, item.From, item.Device));
        Assert.Equal("But soft! what light through yonder window breaks?", item.Body);
        Assert.Equal(1, (await romeo.PollAsync(0)).Last);
    }

    [Theory]
    [InlineData(Transport.WebSocket)]
    [InlineData(Transport.ServerSentEvents)]
    [InlineData(Transport.Ndjson)]
    [InlineData(Transport.LongPoll)]
    [InlineData(Transport.Poll)]
    public async Task Every_transport_reads(Transport transport)
    {
        await using var cluster = await KreweCluster.StartAsync(silos: 1);
        var romeo = await cluster.CreateUserAsync("romeo");
        var juliet = await cluster.CreateUserAsync("juliet");
        await romeo.SendAsync("juliet", "first");
        var reading = juliet.ReadAsync(2, transports: transport);
        await romeo.SendAsync("juliet", "second");
        Assert.Equal(["first", "second"], (await reading).Select(static item => item.Body));
    }

    [Fact]
    public async Task A_user_has_several_devices_on_several_gateways()
    {
        await using var cluster = await KreweCluster.StartAsync(silos: 2);
        var romeo = await cluster.CreateUserAsync("romeo");
        var phone = await cluster.CreateUserAsync("juliet", device: "phone", gateway: 0);
        var laptop = await cluster.SignInAsync("juliet", device: "laptop", gateway: 1);
        var readings = new[] { phone.ReadAsync(1), laptop.ReadAsync(1) };
        await romeo.SendAsync("juliet", "hi");
        foreach (var reading in readings) Assert.Equal("hi", Assert.Single(await reading).Body);
    }

    [Fact]
    public async Task The_clock_can_be_put_forward()
    {
        await using var cluster = await KreweCluster.StartAsync();
        var romeo = await cluster.CreateUserAsync("romeo");
        await cluster.CreateUserAsync("juliet");
        var before = await romeo.SendAsync("juliet", "now");
        cluster.Clock.Advance(TimeSpan.FromHours(5));
        var after = await romeo.SendAsync("juliet", "later");
        Assert.InRange(after.SentAt - before.SentAt, TimeSpan.FromHours(5), TimeSpan.FromHours(5.1));
    }

    [Fact]
    public async Task A_clock_that_stands_still_moves_only_by_hand()
    {
        await using var cluster = await KreweCluster.StartAsync(new KreweClusterOptions { ClockRuns = false });
        var romeo = await cluster.CreateUserAsync("romeo");
        await cluster.CreateUserAsync("juliet");
        var first = await romeo.SendAsync("juliet", "now");
        var second = await romeo.SendAsync("juliet", "the same instant");
        cluster.Clock.Advance(TimeSpan.FromSeconds(1));
        var third = await romeo.SendAsync("juliet", "a second later");
        Assert.Equal(TimeSpan.Zero, second.SentAt - first.SentAt);
        Assert.Equal(TimeSpan.FromSeconds(1), third.SentAt - second.SentAt);
    }

    [Fact]
    public async Task A_data_folder_of_ones_own_outlives_the_cluster()
    {
        var folder = Directory.CreateTempSubdirectory("krewe-test-");
        try
        {
            await using (var first = await KreweCluster.StartAsync(new KreweClusterOptions { DataPath = folder.FullName }))
            {
                var romeo = await first.CreateUserAsync("romeo");
                await first.CreateUserAsync("juliet");
                await romeo.SendAsync("juliet", "remember me");
            }
            await using var second = await KreweCluster.StartAsync(new KreweClusterOptions { DataPath = folder.FullName });
            var juliet = await second.SignInAsync("juliet");
            Assert.Equal("remember me", Assert.Single(await juliet.ReadAsync(1)).Body);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Errors_say_what_is_wrong()
    {
        await using var cluster = await KreweCluster.StartAsync(silos: 2);
        var romeo = await cluster.CreateUserAsync("romeo");
        Assert.Contains("0 to 1", (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => cluster.KillSiloAsync(2))).Message, StringComparison.Ordinal);
        Assert.Contains("0 to 1", Assert.Throws<ArgumentOutOfRangeException>(() => cluster.DropStreamItems(2)).Message, StringComparison.Ordinal);
        var late = await Assert.ThrowsAsync<TimeoutException>(() => romeo.ReadAsync(1, patience: TimeSpan.FromMilliseconds(200)));
        Assert.Contains("romeo@localhost got 0 of 1 items", late.Message, StringComparison.Ordinal);
        await cluster.KillSiloAsync(1);
        Assert.Equal("Silo 1 is down.", (await Assert.ThrowsAsync<InvalidOperationException>(() => cluster.KillSiloAsync(1))).Message);
    }

    [Fact]
    public async Task A_cluster_has_1_to_16_silos() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(static () => KreweCluster.StartAsync(silos: 0));
}
