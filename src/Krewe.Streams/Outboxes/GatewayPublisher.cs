using System.Collections.Concurrent;
using Krewe.Core;
using Krewe.Core.Gateways;
using Krewe.Streams.Provider;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Krewe.Streams.Outboxes;

/// <summary>Publishes through Orleans' stream provider; the adapter behind it never waits.</summary>
internal sealed partial class GatewayPublisher(IServiceProvider services, GatewayStreamMetrics metrics, ILogger<GatewayPublisher> logger) : IGatewayPublisher
{
    private readonly ConcurrentDictionary<SiloAddress, IAsyncStream<GatewayEvent>> _streams = new();
    // Not by constructor: the provider's own dependencies lead back to the silo, which is under construction then.
    private readonly Lazy<IStreamProvider> _provider = new(() => services.GetRequiredKeyedService<IStreamProvider>(KreweDefaults.GatewayStreams),
        LazyThreadSafetyMode.PublicationOnly);

    public void Publish(SiloAddress gateway, GatewayEvent gatewayEvent)
    {
        try
        {
            var published = StreamOf(gateway).OnNextAsync(gatewayEvent);
            if (!published.IsCompletedSuccessfully) _ = ObserveAsync(published, gateway);
        }
        catch (Exception e)
        {
            Lost(e, gateway);
        }
    }

    /// <summary>A silo is dead: nothing is published to it any more.</summary>
    public void Forget(SiloAddress gateway) => _streams.TryRemove(gateway, out _);

    private IAsyncStream<GatewayEvent> StreamOf(SiloAddress gateway) => _streams.TryGetValue(gateway, out var stream)
        ? stream
        : _streams.GetOrAdd(gateway, static (address, provider) => provider.GetStream<GatewayEvent>(GatewayStreamId.Of(address)), _provider.Value);

    private async Task ObserveAsync(Task published, SiloAddress gateway)
    {
        try
        {
            await published;
        }
        catch (Exception e)
        {
            Lost(e, gateway);
        }
    }

    private void Lost(Exception exception, SiloAddress gateway)
    {
        metrics.Lost(Loss.NotRunning, 1);
        LogLost(exception, gateway);
    }

    [LoggerMessage(LogLevel.Warning, "An event for gateway {Gateway} is lost: the stream provider did not take it.")]
    private partial void LogLost(Exception exception, SiloAddress gateway);
}
