using Orleans.Streams;

namespace Krewe.Streams.Provider;

/// <summary>
/// The step between the receiver and the consumer: first in, first out, one container at a time, so that under load events wait
/// in the bounded queue before it and leave that in large batches.
/// </summary>
internal sealed class GatewayQueueCache : IQueueCache
{
    private readonly Lock _lock = new();
    private readonly Queue<IBatchContainer> _waiting = new();
    private TaskCompletionSource? _emptied;

    /// <summary>Completes when the consumer has begun with the last container.</summary>
    public Task WhenEmptyAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_waiting.Count == 0) return Task.CompletedTask;
            _emptied ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _emptied.Task.WaitAsync(cancellationToken);
        }
    }

    public void AddToCache(IList<IBatchContainer> messages)
    {
        lock (_lock)
        {
            foreach (var message in messages) _waiting.Enqueue(message);
        }
    }

    /// <summary>The queue carries one stream with one consumer: every cursor is at the front.</summary>
    public IQueueCacheCursor GetCacheCursor(StreamId streamId, StreamSequenceToken? token) => new Cursor(this);

    public int GetMaxAddCount() => QueueAdapterConstants.UNLIMITED_GET_QUEUE_MSG;

    /// <summary>Never: the receiver waits instead, and the agent need not ask again by its timer.</summary>
    public bool IsUnderPressure() => false;

    public bool TryPurgeFromCache(out IList<IBatchContainer> purgedItems)
    {
        purgedItems = [];
        return false;
    }

    private IBatchContainer? Take()
    {
        lock (_lock)
        {
            if (!_waiting.TryDequeue(out var container)) return null;
            if (_waiting.Count == 0)
            {
                _emptied?.TrySetResult();
                _emptied = null;
            }
            return container;
        }
    }

    private sealed class Cursor(GatewayQueueCache cache) : IQueueCacheCursor
    {
        private IBatchContainer? _current;

        public bool MoveNext() => (_current = cache.Take()) is not null;

        public IBatchContainer? GetCurrent(out Exception? exception)
        {
            exception = null;
            return _current;
        }

        public void Refresh(StreamSequenceToken token)
        {
        }

        public void RecordDeliveryFailure()
        {
        }

        public void Dispose()
        {
        }
    }
}
