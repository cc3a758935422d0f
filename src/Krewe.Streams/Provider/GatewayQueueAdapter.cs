using Krewe.Core;
using Krewe.Streams.Inboxes;
using Krewe.Streams.Outboxes;
using Orleans.Streams;

namespace Krewe.Streams.Provider;

/// <summary>
/// The queues behind the gateway streams: one a gateway, in that gateway's memory. Not rewindable: the mailbox is the source of
/// truth, and what is lost here is read there.
/// </summary>
internal sealed class GatewayQueueAdapter(OutboxMap outboxes, InboundQueue inbound, ILocalSiloDetails silo)
    : IQueueAdapterFactory, IQueueAdapter, IQueueAdapterCache, IStreamQueueMapper, IStreamFailureHandler
{
    private readonly GatewayQueueCache _cache = new();

    public string Name => KreweDefaults.GatewayStreams;

    public bool IsRewindable => false;

    public StreamProviderDirection Direction => StreamProviderDirection.ReadWrite;

    public bool ShouldFaultSubsriptionOnError => false;

    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(this);

    public IQueueAdapterCache GetQueueAdapterCache() => this;

    public IStreamQueueMapper GetStreamQueueMapper() => this;

    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) => Task.FromResult<IStreamFailureHandler>(this);

    public IEnumerable<QueueId> GetAllQueues() => [GatewayStreamId.QueueOf(silo.SiloAddress)];

    public QueueId GetQueueForStream(StreamId streamId) => GatewayStreamId.QueueOf(GatewayStreamId.GatewayOf(streamId));

    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => new GatewayQueueReceiver(inbound, _cache, GatewayStreamId.Of(silo.SiloAddress));

    public IQueueCache CreateQueueCache(QueueId queueId) => _cache;

    public Task QueueMessageBatchAsync<T>(StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext)
    {
        outboxes.Publish(streamId, events);
        return Task.CompletedTask;
    }

    public Task OnDeliveryFailure(GuidId subscriptionId, string streamProviderName, StreamId streamIdentity, StreamSequenceToken? sequenceToken) =>
        SuspectAll();

    public Task OnSubscriptionFailure(GuidId subscriptionId, string streamProviderName, StreamId streamIdentity, StreamSequenceToken? sequenceToken) =>
        SuspectAll();

    // The container is gone, and it may have held events of any silo.
    private Task SuspectAll()
    {
        inbound.Suspect(null, Suspicion.Undelivered);
        return Task.CompletedTask;
    }
}
