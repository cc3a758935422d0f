using Krewe.Streams.Inboxes;
using Orleans.Streams;

namespace Krewe.Streams.Provider;

/// <summary>Waits for what comes instead of being polled by a timer; everything that has waited meanwhile becomes one container.</summary>
/// <remarks>The wait must end with its token: a receiver that does not look at it holds up its silo's stop for 30 s.</remarks>
internal sealed class GatewayQueueReceiver(InboundQueue inbound, GatewayQueueCache cache, StreamId stream) : IQueueAdapterReceiver
{
    private long _number;

    public Task Initialize(TimeSpan timeout) => Task.CompletedTask;

    public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount) => GetQueueMessagesAsync(maxCount, CancellationToken.None);

    public async Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount, CancellationToken cancellationToken)
    {
        try
        {
            await cache.WhenEmptyAsync(cancellationToken);
            // The first one is empty: it activates the consumer before there is anything to deliver, and shows that it is in its place.
            var delivery = _number == 0 ? Delivery.Empty : await inbound.TakeAsync(cancellationToken);
            return [new GatewayBatchContainer(stream, ++_number, delivery)];
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return [];
        }
    }

    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    public Task Shutdown(TimeSpan timeout) => Task.CompletedTask;
}
