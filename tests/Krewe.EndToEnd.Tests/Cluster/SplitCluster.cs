using System.Net.Http.Json;
using System.Text.Json;
using Krewe.Client;
using Krewe.PostgresHarness;
using Krewe.ProcessHarness;

namespace Krewe.EndToEnd.Tests.Cluster;

[CollectionDefinition(nameof(SplitCluster))]
public sealed class SplitClusterTests : ICollectionFixture<SplitCluster>;

/// <summary>Two silos that run users and two that hold connections, as processes, on a real PostgreSQL. Tests may kill any of them, and start others.</summary>
public sealed class SplitCluster : IAsyncLifetime
{
    public const string Password = "wherefore art thou";

    private readonly List<KreweProcess> _started = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("krewe-cluster-");
    private PostgresServer _postgres = null!;
    private string _connectionString = null!;
    private int _users;

    public List<KreweProcess> Cores { get; } = [];

    public List<KreweProcess> Gateways { get; } = [];

    public async ValueTask InitializeAsync()
    {
        _postgres = await PostgresServer.StartAsync();
        _connectionString = await _postgres.CreateDatabaseAsync();
        Cores.AddRange(await Task.WhenAll(StartAsync("core"), StartAsync("core")));
        Gateways.AddRange(await Task.WhenAll(StartAsync("gateway"), StartAsync("gateway")));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _started) await process.DisposeAsync();
        await _postgres.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>From now on whatever silos send to gateways vanishes, and neither side notices.</summary>
    public void CutStreams() => File.WriteAllText(FaultFile, "cut");

    public void RestoreStreams()
    {
        File.Delete(FaultFile);
        Assert.True(File.Exists($"{FaultFile}.felt"), "Nothing was sent while the streams were cut.");
    }

    public async Task<KreweProcess> StartAsync(string roles)
    {
        var process = await KreweProcess.StartAsync(new()
        {
            Arguments = ["--Krewe:Storage:Provider=postgres", $"--Krewe:Roles={roles}", "--Krewe:Accounts:Registration=open"],
            Environment = new Dictionary<string, string>
            {
                ["Krewe__Storage__ConnectionString"] = _connectionString,
                // The runtime loads it before the server's own code, which has no such switch.
                ["DOTNET_STARTUP_HOOKS"] = Path.Combine(ServerBinary.RepositoryRoot, "tests", "Krewe.StreamFaultHook", "bin", Configuration, "net10.0", "Krewe.StreamFaultHook.dll"),
                ["STREAM_FAULT_FILE"] = FaultFile,
            },
        });
        lock (_started) _started.Add(process);
        return process;
    }

    /// <summary>Makes an account with a name of its own and signs it in.</summary>
    public async Task<KreweClient> SignUpAsync(string name, KreweProcess gateway)
    {
        var client = new KreweClient(gateway.Http);
        var user = $"{name}{Interlocked.Increment(ref _users)}";
        await client.SignUpAsync(user, Password);
        await client.SignInAsync(user, Password, "phone");
        return client;
    }

    private string FaultFile => Path.Combine(_folder.FullName, "stream-faults");

    private static string Configuration => Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(ServerBinary.Path)!)!);

    /// <summary>How ready a silo says it is, and what it says about a part.</summary>
    public static async Task<(string Status, string? Part)> HealthAsync(KreweProcess process, string part)
    {
        using var http = new HttpClient { BaseAddress = process.Admin };
        var report = await http.GetFromJsonAsync<JsonElement>("/health/ready");
        return (report.GetProperty("status").GetString()!,
            report.GetProperty("checks").TryGetProperty(part, out var check) ? check.GetProperty("status").GetString() : null);
    }
}
