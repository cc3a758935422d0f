using Krewe.Core.Gateways;
using Krewe.Streams.Faults;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace Krewe.Streams.Tests.Cluster;

/// <summary>Silos in this process with gateway streams and nothing else.</summary>
internal sealed class StreamCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private StreamCluster(InProcessTestCluster cluster) => _cluster = cluster;

    public IReadOnlyList<InProcessSiloHandle> Silos => [.. _cluster.Silos];

    public static async Task<StreamCluster> StartAsync(
        int silos, Action<GatewayStreamOptions>? configure = null, IGatewayStreamFaults? faults = null, Func<string, bool>? hasGateway = null)
    {
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.Options.ConfigureFileLogging = false;
        builder.Options.InitializeClientOnDeploy = false;
        builder.ConfigureSilo((options, silo) =>
        {
            silo.Configure<ClusterMembershipOptions>(o =>
            {
                o.ProbeTimeout = TimeSpan.FromMilliseconds(300);
                o.NumMissedProbesLimit = 2;
                o.TableRefreshTimeout = TimeSpan.FromSeconds(2);
                o.NumVotesForDeathDeclaration = 1;
            });
            if (faults is not null) silo.Services.AddSingleton(faults);
            if (hasGateway?.Invoke(options.SiloName) ?? true)
            {
                silo.Services.AddSingleton<RecordingInbox>();
                silo.Services.AddSingleton<IGatewayInbox>(static services => services.GetRequiredService<RecordingInbox>());
            }
            silo.AddKreweGatewayStreams(o =>
            {
                o.Heartbeat = TimeSpan.FromMilliseconds(100);
                configure?.Invoke(o);
            });
        });
        var cluster = new StreamCluster(builder.Build());
        await cluster._cluster.DeployAsync();
        return cluster;
    }

    public SiloAddress Address(int silo) => Silos[silo].SiloAddress;

    public RecordingInbox Inbox(int silo) => Service<RecordingInbox>(silo);

    public T Service<T>(int silo) where T : notnull => Silos[silo].ServiceProvider.GetRequiredService<T>();

    /// <summary>As a grain on one silo would.</summary>
    public void Publish(int from, int to, GatewayEvent gatewayEvent) => Publish(from, Address(to), gatewayEvent);

    public void Publish(int from, SiloAddress to, GatewayEvent gatewayEvent) => Service<IGatewayPublisher>(from).Publish(to, gatewayEvent);

    public Task KillAsync(int silo) => _cluster.KillSiloAsync(Silos[silo]);

    public Task StopAsync(int silo) => _cluster.StopSiloAsync(Silos[silo]);

    public async Task<SiloAddress> StartAnotherAsync() => (await _cluster.StartAdditionalSiloAsync()).SiloAddress;

    public int IndexOf(SiloAddress silo) => Silos.ToList().FindIndex(handle => handle.SiloAddress.Equals(silo));

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();
}
