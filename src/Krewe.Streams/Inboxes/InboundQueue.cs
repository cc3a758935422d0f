using System.Collections.Immutable;
using Krewe.Core.Gateways;
using Krewe.Streams.Faults;
using Krewe.Streams.Outboxes;
using Krewe.Streams.Provider;
using Krewe.Streams.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Krewe.Streams.Inboxes;

/// <summary>
/// What has reached this gateway and waits for its sessions: the queue behind the stream. Bounded; a silo whose batch finds it
/// full waits for the answer to its call, and its outbox fills instead.
/// </summary>
internal sealed class InboundQueue
{
    private readonly record struct Entry(GatewayEvent Event, int Bytes);

    private readonly Lock _lock = new();
    private readonly Queue<Entry> _events = new();
    private readonly HashSet<SiloAddress> _suspects = [];
    private readonly BatchCounters _counters = new();
    private readonly GatewayStreamOptions _options;
    private readonly GatewayStreamMetrics _metrics;
    private readonly IGatewayStreamFaults? _faults;
    private readonly SiloAddress _gateway;
    private readonly bool _hasGateway;
    private readonly TimeProvider _time;
    private TaskCompletionSource _room = NewSignal();
    private TaskCompletionSource? _arrival;
    private long _bytes;
    private bool _anySuspect;

    public InboundQueue(IServiceProvider services, ILocalSiloDetails silo, IOptions<GatewayStreamOptions> options, GatewayStreamMetrics metrics)
    {
        _options = options.Value;
        _metrics = metrics;
        _gateway = silo.SiloAddress;
        _faults = services.GetService<IGatewayStreamFaults>();
        _time = services.StreamTime();
        _hasGateway = services.HasGateway();
        metrics.Observe("inbox", () => Count);
    }

    public int Count
    {
        get
        {
            lock (_lock) return _events.Count;
        }
    }

    /// <inheritdoc cref="IGatewayStreamService.PushAsync"/>
    public ValueTask<bool> PushAsync(EventBatch batch)
    {
        if (_hasGateway) return TryPush(batch, out var room) ? ValueTask.FromResult(true) : WaitAndPushAsync(batch, room);
        // Somebody's mistake; nobody will ever take it, and the sender must not wait for that.
        _metrics.Lost(Loss.NoGateway, batch.Events.Length);
        return ValueTask.FromResult(true);
    }

    /// <inheritdoc cref="IGatewayStreamService.HeartbeatAsync"/>
    public void Heartbeat(SiloAddress core, long number)
    {
        lock (_lock)
        {
            if (!_counters.Beat(core, number)) return;
        }
        Suspect(core, Suspicion.Heartbeat);
    }

    /// <summary>A silo is dead: what it sent last may be missing.</summary>
    public void CoreDied(SiloAddress core)
    {
        lock (_lock) _counters.Forget(core);
        Suspect(core, Suspicion.CoreDead);
    }

    /// <summary>Tells the sessions, after the events that wait already, that something may be missing.</summary>
    /// <param name="core">Null: from any silo.</param>
    public void Suspect(SiloAddress? core, Suspicion suspicion)
    {
        _metrics.Suspected(suspicion);
        TaskCompletionSource? arrival;
        lock (_lock)
        {
            if (core is null) _anySuspect = true;
            else _suspects.Add(core);
            arrival = TakeArrival();
        }
        arrival?.TrySetResult();
    }

    /// <summary>Waits until something has come, and takes all of it, but no more than the options say.</summary>
    public async Task<Delivery> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task arrival;
            lock (_lock)
            {
                if (_events.Count > 0 || _suspects.Count > 0 || _anySuspect) return Take();
                arrival = (_arrival ??= NewSignal()).Task;
            }
            await arrival.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool IsFull => _events.Count >= _options.InboxEvents || _bytes >= _options.InboxBytes;

    private async ValueTask<bool> WaitAndPushAsync(EventBatch batch, Task room)
    {
        var started = _time.GetTimestamp();
        do
        {
            var left = _options.FullInboxWait - _time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) return false;
            try
            {
                await room.WaitAsync(left, _time);
            }
            catch (TimeoutException)
            {
                return false;
            }
        }
        while (!TryPush(batch, out room));
        return true;
    }

    private bool TryPush(EventBatch batch, out Task room)
    {
        room = Task.CompletedTask;
        bool repeated;
        lock (_lock)
        {
            repeated = _counters.Knows(batch.Core, batch.Number);
            if (!repeated && IsFull)
            {
                room = _room.Task;
                return false;
            }
        }
        if (repeated) _metrics.Repeated();
        else Accept(batch);
        return true;
    }

    // A silo has one call in flight, so that two batches of one silo never come here at the same time.
    private void Accept(EventBatch batch)
    {
        if (_faults is not null && !_faults.Receive(batch.Core, _gateway, batch.Events, Add)) return;
        Arrival arrival;
        lock (_lock) arrival = _counters.Take(batch.Core, batch.Number);
        if (arrival == Arrival.Repeated) _metrics.Repeated();
        else if (_faults is null) Add(batch.Events);
        if (arrival == Arrival.AfterGap) Suspect(batch.Core, Suspicion.MissedBatch);
    }

    private void Add(IReadOnlyList<GatewayEvent> events)
    {
        TaskCompletionSource? arrival;
        lock (_lock)
        {
            foreach (var gatewayEvent in events)
            {
                var bytes = EventSize.Of(gatewayEvent);
                _events.Enqueue(new Entry(gatewayEvent, bytes));
                _bytes += bytes;
            }
            arrival = TakeArrival();
        }
        arrival?.TrySetResult();
    }

    private TaskCompletionSource? TakeArrival()
    {
        var arrival = _arrival;
        _arrival = null;
        return arrival;
    }

    private Delivery Take()
    {
        var wasFull = IsFull;
        var events = ImmutableArray.CreateBuilder<GatewayEvent>(Math.Min(_events.Count, _options.DeliveryEvents));
        while (events.Count < _options.DeliveryEvents && _events.TryDequeue(out var entry))
        {
            _bytes -= entry.Bytes;
            events.Add(entry.Event);
        }
        if (wasFull && !IsFull)
        {
            _room.TrySetResult();
            _room = NewSignal();
        }
        // A suspicion is told after everything that came before it.
        if (_events.Count > 0) return new Delivery(events.DrainToImmutable(), []);
        ImmutableArray<SiloAddress?> suspects = _anySuspect ? [null] : [.. _suspects];
        _suspects.Clear();
        _anySuspect = false;
        return new Delivery(events.DrainToImmutable(), suspects);
    }
}
