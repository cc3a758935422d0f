using Krewe.Core;
using Microsoft.Extensions.Logging;
using Orleans.GrainDirectory;
using Orleans.Placement;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace Krewe.Streams.Inboxes;

/// <summary>The consumer of one gateway's stream; its key is that gateway's silo, and there it must be.</summary>
[Alias("krewe.streams.IGatewayConsumerGrain")]
internal interface IGatewayConsumerGrain : IGrainWithStringKey;

/// <summary>
/// Subscribed implicitly: no subscription is stored, so that none can be lost. The pulling agent runs on the gateway's silo and
/// the placement prefers the caller's, hence it is a local call.
/// </summary>
[ImplicitStreamSubscription(KreweDefaults.GatewayStreams), PreferLocalPlacement, GrainDirectory(OwnSiloDirectory.Name), KeepAlive, Immovable, GrainType("gatewayconsumer")]
internal sealed partial class GatewayConsumerGrain(ILocalSiloDetails silo, GatewayHandover handover, ILogger<GatewayConsumerGrain> logger)
    : Grain, IGatewayConsumerGrain, IStreamSubscriptionObserver, IAsyncObserver<Delivery>
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var gateway = this.GetPrimaryKeyString();
        if (gateway == silo.SiloAddress.ToParsableString()) return Task.CompletedTask;
        // Failing takes this activation out of the directory, so that the next delivery makes one in the right place.
        LogMisplaced(gateway, silo.SiloAddress);
        throw new InvalidOperationException($"The consumer of gateway {gateway} was placed on silo {silo.SiloAddress}.");
    }

    public async Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => await handleFactory.Create<Delivery>().ResumeAsync(this);

    public Task OnNextAsync(Delivery item, StreamSequenceToken? token = null)
    {
        handover.Deliver(item);
        return Task.CompletedTask;
    }

    public Task OnErrorAsync(Exception ex)
    {
        LogStreamError(ex);
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Error, "The consumer of gateway {Gateway} was placed on silo {Silo}; it refuses to run there.")]
    private partial void LogMisplaced(string gateway, SiloAddress silo);

    [LoggerMessage(LogLevel.Error, "The gateway stream reports an error.")]
    private partial void LogStreamError(Exception exception);
}
