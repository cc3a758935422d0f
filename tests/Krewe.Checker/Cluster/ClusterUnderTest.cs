using System.Net;
using Krewe.PostgresHarness;
using Krewe.ProcessHarness;
using Npgsql;

namespace Krewe.Checker.Cluster;

/// <summary>Real server processes on a real PostgreSQL, all on this machine.</summary>
internal sealed class ClusterUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);

    private readonly List<Silo> _silos = [];

    private ClusterUnderTest(PostgresServer postgres, Namespaces? network, StreamFaultSwitch streams, string folder) =>
        (Postgres, Network, Streams, Folder) = (postgres, network, streams, folder);

    public PostgresServer Postgres { get; }

    public IReadOnlyList<Silo> Silos => _silos;

    /// <summary>Null: everybody is on loopback.</summary>
    public Namespaces? Network { get; }

    public StreamFaultSwitch Streams { get; }

    /// <summary>Where logs go.</summary>
    public string Folder { get; }

    public static async Task<ClusterUnderTest> StartAsync(ClusterLayout layout, Namespaces? network, bool streamFaults, string folder, Action<string> say)
    {
        var postgres = await PostgresServer.StartAsync(network?.Addresses);
        var cluster = new ClusterUnderTest(postgres, network, new StreamFaultSwitch(folder), folder);
        try
        {
            var database = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync());
            if (postgres.NetworkAddress is { } address) database.Host = address.ToString();
            // One after the other: on a small machine silos that start at the same time find each other too slow to join.
            foreach (var (index, place) in layout.Silos.Index())
                cluster._silos.Add(await Silo.StartAsync(place, cluster.Options(place, index, database.ConnectionString, streamFaults), folder, say));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Postgres.Thaw();
        foreach (var silo in Silos) await silo.DisposeAsync();
        await Postgres.DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(Folder, "postgres.log"), Postgres.Log);
    }

    private KreweProcessOptions Options(SiloPlace place, int index, string database, bool streamFaults)
    {
        // Servers that live for seconds gain nothing from code that is compiled a third time.
        var environment = new Dictionary<string, string> { ["Krewe__Storage__ConnectionString"] = database, ["DOTNET_TieredPGO"] = "0" };
        if (streamFaults) Streams.Prepare(environment);
        var arguments = new List<string> { "--Krewe:Storage:Provider=postgres", $"--Krewe:Roles={place.Roles}", "--Krewe:Accounts:Registration=open" };
        var options = new KreweProcessOptions { DataPath = Path.Combine(Path.GetFullPath(Folder), place.Name), Arguments = arguments, Environment = environment, StartTimeout = StartTimeout };
        if (Network is null) return options;
        var address = Network.AddressOf(index);
        arguments.AddRange([$"--Krewe:Http:Listen={address}:8080", $"--Krewe:Admin:Listen={address}:8081", $"--Krewe:Cluster:SiloListen={address}:11111"]);
        return options with { Launcher = Network.Launcher(index), HttpPort = 8080, AdminPort = 8081 };
    }
}
