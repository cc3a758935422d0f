using System.Diagnostics;
using System.Globalization;

namespace Krewe.EndToEnd.Tests.Cluster;

/// <summary>Silos of a cluster are killed or freeze. Each test leaves the cluster whole.</summary>
[Collection(nameof(SplitCluster))]
public sealed class SiloDeathTests(SplitCluster cluster, ITestOutputHelper output)
{
    private const int Pairs = 8;
    private const int Rounds = 5;

    /// <summary>The promise is 5 s at the median, on a machine that does nothing else. A minute would be that of somebody who waits for time-outs.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_killed_core_silos_users_are_served_by_another_and_their_clients_do_not_notice()
    {
        var pairs = await MakePairsAsync();
        var times = new List<TimeSpan>();
        for (var round = 1; round <= Rounds; round++)
        {
            var victim = cluster.Cores[0];
            var clock = Stopwatch.StartNew();
            await victim.KillAsync();
            // About half of all users were there: the time is that of the last pair.
            await Task.WhenAll(pairs.Select(pair => pair.SayAndHearAsync($"after kill {round}")));
            times.Add(clock.Elapsed);
            cluster.Cores.Remove(victim);
            cluster.Cores.Add(await cluster.StartAsync("core"));
            await Task.WhenAll(pairs.Select(pair => pair.SayAndHearAsync($"whole again {round}")));
        }

        Tell("core killed, messages of all users flow", times);
        output.WriteLine($"sends refused: {pairs.Sum(pair => pair.Refusals)} of {pairs.Length * Rounds * 2}");
        Assert.All(pairs, pair =>
        {
            pair.HasNoMore();
            Assert.Equal(1, pair.Connections);
        });
        Assert.InRange(Median(times), TimeSpan.Zero, Bound);
        await DisposeAsync(pairs);
    }

    [Fact]
    public async Task A_killed_gateways_clients_go_on_at_another_with_what_they_missed_and_who_stays_away_is_offline()
    {
        var pairs = await MakePairsAsync();
        var (gone, stays) = (cluster.Gateways[1], cluster.Gateways[0]);
        await using var watcher = await Watcher.WatchAsync(pairs[0].Sender, pairs[0].Listener);
        var clock = Stopwatch.StartNew();
        await gone.KillAsync();
        var offline = OfflineAsync();
        await Task.WhenAll(pairs.Select(pair => pair.SayAsync("missed")));
        var back = new List<TimeSpan>();
        await Task.WhenAll(pairs[1..].Select(async pair =>
        {
            await pair.MoveListenerAsync(stays);
            await pair.HearAsync();
            lock (back) back.Add(clock.Elapsed);
        }));
        Tell("gateway killed, clients back with what they missed", back);
        Tell("gateway killed, presence gone", [await offline]);

        // Who comes late has it all the same, and a gateway in the old one's place knows nothing of the old one's sessions.
        cluster.Gateways[1] = await cluster.StartAsync("gateway");
        await pairs[0].MoveListenerAsync(cluster.Gateways[1]);
        await pairs[0].HearAsync();
        await watcher.SeesAsync(pairs[0].Listener.Address, "available");
        Assert.All(pairs, pair => pair.HasNoMore());
        Assert.InRange(Median(back), TimeSpan.Zero, Bound);
        await DisposeAsync(pairs);

        async Task<TimeSpan> OfflineAsync()
        {
            await watcher.SeesAsync(pairs[0].Listener.Address, "offline");
            return clock.Elapsed;
        }
    }

    [Fact]
    public async Task A_frozen_core_silo_that_wakes_finds_itself_dead_and_ends()
    {
        var pairs = await MakePairsAsync();
        var victim = cluster.Cores[0];
        var clock = Stopwatch.StartNew();
        victim.Freeze();
        await Task.WhenAll(pairs.Select(pair => pair.SayAndHearAsync("while it is frozen")));
        Tell("core frozen, messages of all users flow", [clock.Elapsed]);
        clock.Restart();
        victim.Thaw();
        Assert.Equal(75, await victim.ExitAsync(TimeSpan.FromSeconds(60)));
        Tell("core woken up, ended", [clock.Elapsed]);
        Assert.Contains("Krewe ends at once and has to be started again: I have been told I am dead", victim.Log, StringComparison.Ordinal);
        cluster.Cores.Remove(victim);
        cluster.Cores.Add(await cluster.StartAsync("core"));
        await Task.WhenAll(pairs.Select(pair => pair.SayAndHearAsync("whole again")));
        Assert.All(pairs, pair =>
        {
            pair.HasNoMore();
            Assert.Equal(1, pair.Connections);
        });
        await DisposeAsync(pairs);
    }

    private Task<Pair[]> MakePairsAsync() =>
        Task.WhenAll(Enumerable.Range(0, Pairs).Select(_ => Pair.MakeAsync(cluster, cluster.Gateways[0], cluster.Gateways[1])));

    private static async Task DisposeAsync(Pair[] pairs)
    {
        foreach (var pair in pairs) await pair.DisposeAsync();
    }

    private void Tell(string what, List<TimeSpan> times) => output.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{what}: {string.Join(", ", times.Select(time => $"{time.TotalSeconds:0.0}"))} s, median {Median(times).TotalSeconds:0.0} s"));

    private static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);
}
