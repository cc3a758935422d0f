using System.Diagnostics.Metrics;
using System.Globalization;
using Krewe.Client;
using Krewe.Core.Mailboxes;
using Krewe.Core.Silos;
using Krewe.Storage.Embedded;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;

namespace Krewe.TestKit;

/// <summary>
/// A Krewe cluster in this process: silos with grains, gateway streams and real HTTP gateways on free loopback ports, over one store on disk.
/// A test signs users in, sends, reads, disturbs the streams, kills silos and moves the clock.
/// </summary>
/// <example><code>
/// await using var cluster = await KreweCluster.StartAsync(silos: 3);
/// var romeo = await cluster.CreateUserAsync("romeo", gateway: 0);
/// var juliet = await cluster.CreateUserAsync("juliet", gateway: 2);
/// await romeo.SendAsync("juliet", "But soft!");
/// var item = (await juliet.ReadAsync(1))[0];
/// </code></example>
public sealed partial class KreweCluster : IAsyncDisposable
{
    private readonly KreweClusterOptions _options;
    private readonly InProcessTestCluster _cluster;
    private readonly EmbeddedStore _store;
    private readonly ServiceProvider _storeServices;
    private readonly string? _temporaryFolder;
    private readonly Lock _lock = new();
    private readonly List<SiloSlot> _silos = [];
    private readonly List<KreweClient> _clients = [];

    private KreweCluster(KreweClusterOptions options)
    {
        _options = options;
        Clock = new TestClock(options.ClockRuns);
        Faults = new StreamFaults(options.FaultSeed);
        _temporaryFolder = options.DataPath is null ? Directory.CreateTempSubdirectory("krewe-").FullName : null;
        _storeServices = new ServiceCollection().AddMetrics().AddLogging(logging => options.ConfigureLogging?.Invoke(logging)).BuildServiceProvider();
        _store = EmbeddedStore.Open(
            new EmbeddedStorageOptions { Path = options.DataPath ?? _temporaryFolder! },
            new EmbeddedStorageMetrics(_storeServices.GetRequiredService<IMeterFactory>()),
            _storeServices.GetRequiredService<ILoggerFactory>(),
            Clock);
        // The silos are started one by one by this class: the builder's own numbering gives a name twice after a kill.
        var builder = new InProcessTestClusterBuilder(0);
        builder.Options.ConfigureFileLogging = false;
        builder.Options.InitializeClientOnDeploy = false;
        builder.ConfigureSilo((own, silo) => silo.AddKrewe(options, RolesOf(own.SiloName), _store, Clock, Faults));
        _cluster = builder.Build();
    }

    /// <summary>The cluster's clock; tokens, send times and retention go by it.</summary>
    public TestClock Clock { get; }

    /// <summary>What is done to the gateway streams.</summary>
    public StreamFaults Faults { get; }

    /// <summary>How many silos were started, with those that are down: their numbers are 0 to one less.</summary>
    public int SiloCount
    {
        get
        {
            lock (_lock) return _silos.Count;
        }
    }

    /// <summary>The base address of each silo's gateway. That of a silo which is down stays in its place, and nobody answers there; a silo without a gateway has port 0.</summary>
    public IReadOnlyList<Uri> Gateways
    {
        get
        {
            lock (_lock) return [.. _silos.Select(static silo => silo.Gateway?.Address ?? TestGateway.None)];
        }
    }

    /// <summary>The store that all silos share: what is really in the mailboxes.</summary>
    public IMailboxStore Mailboxes => _store.Mailboxes;

    /// <summary>Starts a cluster.</summary>
    /// <param name="silos">How many silos it has.</param>
    public static Task<KreweCluster> StartAsync(int silos = 1) => StartAsync(new KreweClusterOptions { Silos = silos });

    /// <summary>Starts a cluster.</summary>
    public static async Task<KreweCluster> StartAsync(KreweClusterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Silos is < 1 or > 16) throw new ArgumentOutOfRangeException(nameof(options), options.Silos, "A test cluster has 1 to 16 silos.");
        var cluster = new KreweCluster(options);
        try
        {
            await cluster._cluster.DeployAsync();
            // The first one alone: it makes the cluster that the others join.
            await cluster.StartSiloAsync();
            await Task.WhenAll(Enumerable.Range(1, options.Silos - 1).Select(_ => cluster.StartSiloAsync()));
            // They are numbered as they were started, and come in whatever order they are through.
            cluster._silos.Sort(static (one, other) => one.Number.CompareTo(other.Number));
            await cluster.WaitForMembersAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The services of one silo: its grain factory, options, stores.</summary>
    public IServiceProvider Services(int silo) => Running(silo).Handle.ServiceProvider;

    /// <summary>Stops everything and deletes the temporary folder.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        foreach (var silo in _silos.Where(static silo => silo.IsRunning)) await StopAsync(silo, abort: true);
        await _cluster.DisposeAsync();
        await _store.DisposeAsync();
        await Clock.StopAsync();
        await _storeServices.DisposeAsync();
        if (_temporaryFolder is not null) Directory.Delete(_temporaryFolder, recursive: true);
    }

    private SiloSlot Running(int silo)
    {
        lock (_lock)
        {
            if (silo < 0 || silo >= _silos.Count)
                throw new ArgumentOutOfRangeException(nameof(silo), silo, $"The cluster has the silos 0 to {_silos.Count - 1}.");
            return _silos[silo].IsRunning ? _silos[silo] : throw new InvalidOperationException($"Silo {silo} is down.");
        }
    }

    private SiloRoles RolesOf(string siloName) => _options.Roles(NumberOf(siloName));

    private static int NumberOf(string siloName) => int.Parse(siloName.AsSpan(siloName.LastIndexOf('_') + 1), CultureInfo.InvariantCulture);

    private sealed class SiloSlot(InProcessSiloHandle handle, TestGateway? gateway)
    {
        public int Number { get; } = NumberOf(handle.Name);

        public InProcessSiloHandle Handle => handle;

        public TestGateway? Gateway => gateway;

        public bool IsRunning { get; set; } = true;
    }
}
