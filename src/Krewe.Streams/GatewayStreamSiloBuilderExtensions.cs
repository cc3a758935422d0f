using Krewe.Core;
using Krewe.Core.Gateways;
using Krewe.Streams.Inboxes;
using Krewe.Streams.Outboxes;
using Krewe.Streams.Provider;
using Krewe.Streams.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Hosting;
using Orleans.Streams;

namespace Krewe.Streams;

public static class GatewayStreamSiloBuilderExtensions
{
    /// <summary>
    /// Adds the gateway streams: the stream provider <see cref="KreweDefaults.GatewayStreams"/>, <see cref="IGatewayPublisher"/> for the grains, and the
    /// consumer, which hands over to the <see cref="IGatewayInbox"/> that is registered; a silo without one only sends.
    /// </summary>
    public static ISiloBuilder AddKreweGatewayStreams(this ISiloBuilder builder, Action<GatewayStreamOptions>? configure = null)
    {
        var services = builder.Services;
        services.AddMetrics();
        services.AddOptions<GatewayStreamOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GatewayStreamOptions>, GatewayStreamOptionsValidator>());
        services.TryAddSingleton<GatewayStreamMetrics>();
        services.TryAddSingleton<InboundQueue>();
        services.TryAddSingleton<GatewayHandover>();
        services.TryAddSingleton<GatewayStreamServiceClient>();
        services.TryAddSingleton<OutboxMap>();
        services.TryAddSingleton<GatewayPublisher>();
        services.TryAddSingleton<IGatewayPublisher>(static provider => provider.GetRequiredService<GatewayPublisher>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, GatewayStreamLifecycle>();
        builder.AddGrainService<GatewayStreamService>();
        builder.AddGrainDirectory(OwnSiloDirectory.Name, static (_, _) => new OwnSiloDirectory());
        return builder.AddPersistentStreams(
            KreweDefaults.GatewayStreams,
            static (provider, _) => ActivatorUtilities.CreateInstance<GatewayQueueAdapter>(provider),
            static streams =>
            {
                streams.ConfigurePartitionBalancing(static (provider, _) => ActivatorUtilities.CreateInstance<PinnedBalancer>(provider));
                streams.ConfigureStreamPubSub(StreamPubSubType.ImplicitOnly);
                streams.ConfigurePullingAgent(static agent => agent.Configure(static o =>
                {
                    // The receiver waits by itself. The period only counts until the consumer is registered, once in a silo's life.
                    o.GetQueueMsgsTimerPeriod = TimeSpan.FromMilliseconds(10);
                    // Measured from the last read, which a long wait makes old: the agent must not forget the one stream that it has.
                    o.StreamInactivityPeriod = TimeSpan.FromDays(3650);
                }));
            });
    }
}
