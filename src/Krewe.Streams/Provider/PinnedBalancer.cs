using Krewe.Streams.Inboxes;
using Orleans.Streams;

namespace Krewe.Streams.Provider;

/// <summary>A gateway's silo pulls its own queue and no other, for ever; a silo without a gateway pulls none.</summary>
internal sealed class PinnedBalancer(ILocalSiloDetails silo, IServiceProvider services) : IStreamQueueBalancer
{
    public Task Initialize(IStreamQueueMapper queueMapper) => Task.CompletedTask;

    public Task Shutdown() => Task.CompletedTask;

    public IEnumerable<QueueId> GetMyQueues() => services.HasGateway() ? [GatewayStreamId.QueueOf(silo.SiloAddress)] : [];

    public bool SubscribeToQueueDistributionChangeEvents(IStreamQueueBalanceListener observer) => true;

    public bool UnSubscribeFromQueueDistributionChangeEvents(IStreamQueueBalanceListener observer) => true;
}
