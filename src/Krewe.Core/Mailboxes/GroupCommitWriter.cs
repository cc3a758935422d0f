using System.Threading.Channels;

namespace Krewe.Core.Mailboxes;

/// <summary>Gathers what many callers write at the same time into one commit: the commit in flight is the window in which the next one gathers.</summary>
/// <remarks>
/// No timer and no linger: a lone write is committed at once. Writes are committed, and their tasks completed, in the order of the calls.
/// A thread of its own, because a flush blocks for as long as the disk takes, and the pool's few threads serve everybody.
/// </remarks>
public sealed class GroupCommitWriter<T> : IAsyncDisposable
{
    private readonly ICommitter<T> _committer;
    private readonly Channel<Pending> _queue;
    private readonly GroupCommitOptions _options;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public GroupCommitWriter(ICommitter<T> committer, GroupCommitOptions options)
    {
        ArgumentNullException.ThrowIfNull(committer);
        ArgumentNullException.ThrowIfNull(options);
        _committer = committer;
        _options = options;
        _queue = Channel.CreateBounded<Pending>(new BoundedChannelOptions(options.QueueLength)
        {
            SingleReader = true,
            // The only continuation on the channel is the release of the writer's own thread.
            AllowSynchronousContinuations = true,
        });
        new Thread(Run) { IsBackground = true, Name = options.ThreadName }.Start();
    }

    /// <summary>Writes that wait for their commit to begin.</summary>
    public int QueueLength => _queue.Reader.Count;

    /// <summary>Completes when the write is durable. While the queue is full the caller waits here, which is the back-pressure.</summary>
    /// <param name="cancellationToken">Ends the wait for a place in the queue; what is in the queue is committed.</param>
    /// <exception cref="StoreUnavailableException">The writer is stopping.</exception>
    public Task WriteAsync(T write, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }
        var pending = new Pending(write);
        return _queue.Writer.TryWrite(pending) ? pending.Task : EnqueueAsync(pending, cancellationToken);
    }

    /// <summary>Takes no further writes, commits those in the queue, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _stopped.Task.ConfigureAwait(false);
    }

    private async Task EnqueueAsync(Pending pending, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.Writer.WriteAsync(pending, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException e)
        {
            throw new StoreUnavailableException("The store is stopping.", e);
        }
        await pending.Task.ConfigureAwait(false);
    }

    private void Run()
    {
        var batch = new List<Pending>();
        var writes = new List<T>();
        // Blocking is what this thread is for.
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            for (var rows = 0; rows < _options.MaxRows && _queue.Reader.TryRead(out var pending); rows += _committer.RowsOf(pending.Write))
            {
                batch.Add(pending);
                writes.Add(pending.Write);
            }
            Commit(batch, writes);
            batch.Clear();
            writes.Clear();
        }
        _stopped.SetResult();
    }

    private void Commit(List<Pending> batch, List<T> writes)
    {
        var refusals = new Exception?[batch.Count];
        try
        {
            _committer.CommitAsync(writes, refusals).AsTask().GetAwaiter().GetResult();
        }
#pragma warning disable CA1031 // Whatever it was, the callers must hear of it, and the thread must live.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Array.Fill(refusals, e);
        }
        for (var i = 0; i < refusals.Length; i++)
        {
            batch[i].Complete(refusals[i]);
        }
    }

    private sealed class Pending(T write) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public T Write { get; } = write;

        public void Complete(Exception? refusal)
        {
            if (refusal is null)
            {
                SetResult();
            }
            else
            {
                SetException(refusal);
            }
        }
    }
}
