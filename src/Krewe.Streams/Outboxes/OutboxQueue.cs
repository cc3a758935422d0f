using System.Collections.Immutable;
using Krewe.Core.Gateways;

namespace Krewe.Streams.Outboxes;

/// <summary>
/// What waits for one gateway. Ephemeral events have a bound of their own, so that a storm of presence costs no item; what is
/// taken out comes in the order in which it went in, whatever its kind. Not thread-safe.
/// </summary>
internal sealed class OutboxQueue(GatewayStreamOptions options)
{
    private readonly record struct Entry(long Order, GatewayEvent Event, int Bytes);

    private readonly Queue<Entry> _kept = new();
    private readonly Queue<Entry> _ephemeral = new();
    private long _order;
    private long _keptBytes;

    public int Count => _kept.Count + _ephemeral.Count;

    /// <summary>Adds an event. What had to go instead, if anything: the event itself, or the oldest ephemeral one.</summary>
    public Loss? Add(GatewayEvent gatewayEvent)
    {
        var entry = new Entry(++_order, gatewayEvent, EventSize.Of(gatewayEvent));
        if (gatewayEvent is PresenceEvent or TypingEvent)
        {
            var full = _ephemeral.Count >= options.EphemeralEvents;
            if (full) _ephemeral.Dequeue();
            _ephemeral.Enqueue(entry);
            return full ? Loss.EphemeralOverflow : null;
        }
        if (_kept.Count >= options.OutboxEvents || _keptBytes + entry.Bytes > options.OutboxBytes) return Loss.OutboxFull;
        _kept.Enqueue(entry);
        _keptBytes += entry.Bytes;
        return null;
    }

    /// <summary>Takes the next batch; empty when nothing waits.</summary>
    public ImmutableArray<GatewayEvent> Take()
    {
        var batch = ImmutableArray.CreateBuilder<GatewayEvent>(Math.Min(Count, options.BatchEvents));
        long bytes = 0;
        while (batch.Count < options.BatchEvents && Next() is { } queue)
        {
            bytes += queue.Peek().Bytes;
            if (bytes > options.BatchBytes && batch.Count > 0) break;
            var entry = queue.Dequeue();
            if (queue == _kept) _keptBytes -= entry.Bytes;
            batch.Add(entry.Event);
        }
        return batch.DrainToImmutable();
    }

    private Queue<Entry>? Next()
    {
        if (!_kept.TryPeek(out var kept)) return _ephemeral.Count > 0 ? _ephemeral : null;
        return _ephemeral.TryPeek(out var ephemeral) && ephemeral.Order < kept.Order ? _ephemeral : _kept;
    }
}
