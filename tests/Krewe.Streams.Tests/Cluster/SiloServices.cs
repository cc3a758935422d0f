using Krewe.Core.Gateways;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;

namespace Krewe.Streams.Tests.Cluster;

/// <summary>A silo that is built and never started.</summary>
internal sealed class SiloServices : IDisposable
{
    private readonly IHost _host = new HostBuilder().UseOrleans(static silo => silo.UseLocalhostClustering().AddKreweGatewayStreams()).Build();

    public IGatewayPublisher Publisher => _host.Services.GetRequiredService<IGatewayPublisher>();

    public void Dispose() => _host.Dispose();
}
