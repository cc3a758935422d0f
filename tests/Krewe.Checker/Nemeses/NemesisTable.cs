using Krewe.Checker.Clients;
using Krewe.Checker.Cluster;

namespace Krewe.Checker.Nemeses;

/// <summary>All that may happen, by name.</summary>
internal static class NemesisTable
{
    /// <summary>The plan of the short run.</summary>
    public static readonly IReadOnlyList<string> Short = ["kill-core", "kill-gateway", "freeze-core-5", "postgres-restart", "rolling-restart"];

    private static readonly TimeSpan UpPatience = TimeSpan.FromSeconds(90);

    public static readonly IReadOnlyList<Nemesis> All =
    [
        new("kill-core", "kill -9 of a core silo", (cluster, random) => KillAsync(Any(cluster, random, core: true))),
        new("kill-gateway", "kill -9 of a gateway silo", (cluster, random) => KillAsync(Any(cluster, random, core: false))),
        new("term-core", "SIGTERM to a core silo", (cluster, random) => TerminateAsync(Any(cluster, random, core: true))),
        new("term-gateway", "SIGTERM to a gateway silo", (cluster, random) => TerminateAsync(Any(cluster, random, core: false))),
        .. Freezes("core", core: true),
        .. Freezes("gateway", core: false),
        new("postgres-restart", "an ordered restart of PostgreSQL", async (cluster, _) =>
        {
            await cluster.Postgres.StopAsync();
            await cluster.Postgres.StartAgainAsync();
        }, FlowCounts.FromEnd),
        new("postgres-kill", "kill -9 of PostgreSQL and all its processes", async (cluster, _) =>
        {
            await cluster.Postgres.KillAsync();
            await cluster.Postgres.StartAgainAsync();
        }, FlowCounts.FromEnd),
        new("postgres-freeze", "PostgreSQL stopped for 15 s", async (cluster, _) =>
        {
            cluster.Postgres.Freeze();
            await Pause.ForAsync(TimeSpan.FromSeconds(15), CancellationToken.None);
            cluster.Postgres.Thaw();
        }, FlowCounts.FromEnd),
        new("cut", "the network between two silos cut for 20 s, silently", CutAsync, FlowCounts.FromEnd) { NeedsNetwork = true },
        new("drop-stream-items", "every item on the gateway streams lost for 10 s", (cluster, _) => DisturbAsync(cluster.Streams.Drop, cluster)) { NeedsStreams = true },
        new("cut-streams", "nothing on the gateway streams for 10 s, no heartbeats either", (cluster, _) => DisturbAsync(cluster.Streams.Cut, cluster), FlowCounts.FromEnd) { NeedsStreams = true },
        new("rolling-restart", "SIGTERM to one silo after the other, each when the one before serves again", async (cluster, _) =>
        {
            foreach (var silo in cluster.Silos) await TerminateAsync(silo);
        }, FlowCounts.FromEnd),
    ];

    public static Nemesis Named(string name) =>
        All.FirstOrDefault(nemesis => nemesis.Name == name) ?? throw new ArgumentException($"There is no fault '{name}'; there are {string.Join(", ", All.Select(nemesis => nemesis.Name))}.");

    private static IEnumerable<Nemesis> Freezes(string what, bool core) =>
        from seconds in new[] { 5, 20, 60 }
        select new Nemesis($"freeze-{what}-{seconds}", $"SIGSTOP to a {what} silo for {seconds} s", async (cluster, random) =>
        {
            var silo = Any(cluster, random, core);
            silo.Freeze();
            await Pause.ForAsync(TimeSpan.FromSeconds(seconds), CancellationToken.None);
            silo.Thaw();
        });

    private static async Task KillAsync(Silo silo)
    {
        await silo.KillAsync();
        await silo.UpAsync(UpPatience);
    }

    private static async Task TerminateAsync(Silo silo)
    {
        silo.Terminate();
        await silo.UpAsync(UpPatience);
    }

    private static async Task CutAsync(ClusterUnderTest cluster, Random random)
    {
        var one = random.Next(cluster.Silos.Count);
        var other = (one + random.Next(1, cluster.Silos.Count)) % cluster.Silos.Count;
        await cluster.Network!.CutAsync(one, other);
        await Pause.ForAsync(TimeSpan.FromSeconds(20), CancellationToken.None);
        await cluster.Network.HealAsync(one, other);
    }

    private static async Task DisturbAsync(Action begin, ClusterUnderTest cluster)
    {
        begin();
        await Pause.ForAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        cluster.Streams.Clear();
    }

    /// <summary>Mostly the one that has run longest: after another's death it has all the users.</summary>
    private static Silo Any(ClusterUnderTest cluster, Random random, bool core)
    {
        var able = cluster.Silos.Where(silo => core ? silo.Place.IsCore : silo.Place.IsGateway).OrderBy(silo => silo.Since).ToList();
        return able[random.Next(4) == 0 ? random.Next(able.Count) : 0];
    }
}
