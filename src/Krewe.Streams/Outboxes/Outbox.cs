using Krewe.Core.Gateways;
using Krewe.Streams.Transport;
using Microsoft.Extensions.Logging;

namespace Krewe.Streams.Outboxes;

/// <summary>
/// This silo's events for one gateway. One call is in flight at a time and what comes meanwhile makes the next batch: batches
/// grow with the load, and at low load nothing waits. A call that fails is repeated until the gateway has it or is dead.
/// </summary>
internal sealed partial class Outbox(
    SiloAddress core, SiloAddress gateway, IGatewayLink link, GatewayStreamOptions options, GatewayStreamMetrics metrics, TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly OutboxQueue _queue = new(options);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _idle;
    private long _failingSince;
    private long _number;
    private bool _busy;
    private bool _skipNumber;

    public SiloAddress Gateway => gateway;

    public int Waiting
    {
        get
        {
            lock (_lock) return _queue.Count;
        }
    }

    /// <summary>How long the gateway has not answered; zero when it does.</summary>
    public TimeSpan Failing => Volatile.Read(ref _failingSince) is > 0 and var since ? time.GetElapsedTime(since) : TimeSpan.Zero;

    private bool IsClosed => _closed.Task.IsCompleted;

    /// <summary>Takes an event; never waits.</summary>
    public void Publish(GatewayEvent gatewayEvent)
    {
        Loss? loss;
        var start = false;
        lock (_lock)
        {
            if (IsClosed)
            {
                loss = Loss.GatewayDead;
            }
            else
            {
                loss = _queue.Add(gatewayEvent);
                // The number that is left out tells the gateway that something is missing.
                if (loss == Loss.OutboxFull) _skipNumber = true;
                start = !_busy && _queue.Count > 0;
                if (start) _busy = true;
            }
        }
        metrics.Published(1);
        if (loss is { } reason) metrics.Lost(reason, 1);
        if (start) Start(static outbox => outbox.SendAllAsync());
    }

    /// <summary>If nothing is under way, tells the gateway how many batches it should have.</summary>
    public void Beat()
    {
        lock (_lock)
        {
            if (_busy || IsClosed) return;
            if (_skipNumber) NextNumber();
            if (_number == 0) return;
            _busy = true;
        }
        Start(static outbox => outbox.BeatAsync());
    }

    /// <summary>Completes when everything that waits now has been accepted or given up.</summary>
    public Task WhenIdleAsync()
    {
        lock (_lock)
        {
            if (!_busy) return Task.CompletedTask;
            return (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>The gateway is gone for good: forgets what waits.</summary>
    public void Close()
    {
        int lost;
        lock (_lock)
        {
            if (!_closed.TrySetResult()) return;
            lost = _queue.Count;
        }
        if (lost > 0) metrics.Lost(Loss.GatewayDead, lost);
    }

    // Away from the grain's scheduler and its execution context.
    private void Start(Func<Outbox, Task> work) => ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.work(state.outbox), (work, outbox: this), false);

    private async Task BeatAsync()
    {
        try
        {
            await link.HeartbeatAsync(core, _number);
            Volatile.Write(ref _failingSince, 0);
        }
        catch (Exception e)
        {
            NoteFailure();
            LogHeartbeatFailed(e, gateway);
        }
        await SendAllAsync();
    }

    private async Task SendAllAsync()
    {
        while (NextBatch() is { } batch) await SendAsync(batch);
    }

    private EventBatch? NextBatch()
    {
        lock (_lock)
        {
            if (!IsClosed && _queue.Take() is { IsEmpty: false } events)
            {
                if (_skipNumber) NextNumber();
                NextNumber();
                return new EventBatch(core, _number, events);
            }
            _busy = false;
            _idle?.TrySetResult();
            _idle = null;
            return null;
        }
    }

    private void NextNumber()
    {
        _number++;
        _skipNumber = false;
    }

    private async Task SendAsync(EventBatch batch)
    {
        var delay = options.RetryDelay;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (await link.PushAsync(batch))
                {
                    Volatile.Write(ref _failingSince, 0);
                    metrics.Sent(batch.Events.Length);
                    if (attempt > 1) LogRecovered(gateway, attempt);
                    return;
                }
                if (attempt == 1) LogFull(gateway);
            }
            catch (Exception e)
            {
                NoteFailure();
                if (attempt == 1) LogPushFailed(e, gateway);
            }
            await _closed.Task.WaitAsync(delay, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (IsClosed)
            {
                metrics.Lost(Loss.GatewayDead, batch.Events.Length);
                return;
            }
            metrics.Retried();
            delay = delay * 2 < options.MaxRetryDelay ? delay * 2 : options.MaxRetryDelay;
        }
    }

    private void NoteFailure() => Interlocked.CompareExchange(ref _failingSince, time.GetTimestamp(), 0);
}
