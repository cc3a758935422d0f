using Krewe.Client;
using Krewe.ProcessHarness;

namespace Krewe.EndToEnd.Tests.Cluster;

/// <summary>Silos with one role each, as processes.</summary>
[Collection(nameof(SplitCluster))]
public sealed class RolesTests(SplitCluster cluster)
{
    [Fact]
    public async Task Users_of_two_gateways_chat_and_each_silo_opens_what_its_role_needs()
    {
        using var romeo = await cluster.SignUpAsync("romeo", cluster.Gateways[0]);
        using var juliet = await cluster.SignUpAsync("juliet", cluster.Gateways[1]);
        await using var listening = juliet.CreateReader().GetAsyncEnumerator();
        await romeo.SendAsync(juliet.Address!, "But soft!");
        Assert.True(await listening.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("But soft!", listening.Current.Body);

        Assert.All(cluster.Cores, core =>
        {
            Assert.Null(core.Http);
            Assert.Contains("ready: role core | admin ", core.Summary, StringComparison.Ordinal);
        });
        Assert.Equal(("healthy", "healthy"), await SplitCluster.HealthAsync(cluster.Cores[0], "push"));
        Assert.Equal(("healthy", "healthy"), await SplitCluster.HealthAsync(cluster.Gateways[0], "core"));
        // Mailboxes are written where users run.
        Assert.Contains("krewe_storage_", await MetricsAsync(cluster.Cores[0]), StringComparison.Ordinal);
        Assert.DoesNotContain("krewe_push_waiting", await MetricsAsync(cluster.Gateways[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_item_that_is_lost_between_silos_with_none_after_it_comes_by_the_heartbeat()
    {
        await using var pair = await Pair.MakeAsync(cluster, cluster.Gateways[0], cluster.Gateways[1]);
        cluster.CutStreams();
        await pair.SayAsync("last");
        cluster.RestoreStreams();
        await pair.HearAsync();
        Assert.Equal(1, pair.Connections);
    }

    private static async Task<string> MetricsAsync(KreweProcess process)
    {
        using var http = new HttpClient { BaseAddress = process.Admin };
        return await http.GetStringAsync("/metrics");
    }
}
