using System.Diagnostics.Metrics;
using Krewe.Core.Connections;
using Krewe.Gateway.Connections;

namespace Krewe.Gateway.Sessions;

/// <summary>What the gateway's sessions do, as numbers.</summary>
internal sealed class SessionMetrics
{
    public const string MeterName = "Krewe.Gateway";

    private readonly UpDownCounter<long> _sessions;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _items;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _gapReads;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _polls;
    private readonly UpDownCounter<long> _handshakes;
    private readonly Histogram<double> _handshakeWait;
    private readonly Counter<long> _handshakesRefused;
    private readonly Meter _meter;

    public SessionMetrics(IMeterFactory meters)
    {
        var meter = _meter = meters.Create(MeterName);
        _sessions = meter.CreateUpDownCounter<long>("krewe.gateway.sessions", "{session}", "Open sessions, by transport.");
        _closed = meter.CreateCounter<long>("krewe.gateway.sessions.closed", "{session}", "Ended sessions, by transport and reason; slow-consumer counts clients that did not read.");
        _items = meter.CreateCounter<long>("krewe.gateway.items", "{item}", "Mailbox items written to clients, by transport.");
        _bytes = meter.CreateCounter<long>("krewe.gateway.bytes", "By", "Bytes written to streams and sockets, by transport.");
        _gapReads = meter.CreateCounter<long>("krewe.gateway.gap_reads", "{read}", "Pages read from mailboxes because live events did not carry the items.");
        _gaps = meter.CreateCounter<long>("krewe.gateway.gaps_suspected", "{gap}", "Times that the gateway's stream may have lost events.");
        _polls = meter.CreateCounter<long>("krewe.gateway.polls", "{request}", "Answered polls, by outcome: items, empty or unchanged.");
        _handshakes = meter.CreateUpDownCounter<long>("krewe.gateway.handshakes.waiting", "{client}", "Clients that wait for their turn to open a stream, a socket or a first poll.");
        _handshakeWait = meter.CreateHistogram<double>("krewe.gateway.handshakes.wait", "s", "How long those waited that had to.");
        _handshakesRefused = meter.CreateCounter<long>("krewe.gateway.handshakes.refused", "{client}", "Clients that were told to come again, by reason: full, late.");
        // From the start: the first trouble is then an increase, which alerts see.
        foreach (var transport in new[] { "websocket", "sse", "ndjson", "forever-frame" })
            _closed.Add(0, new KeyValuePair<string, object?>("transport", transport), new KeyValuePair<string, object?>("reason", CloseReason.SlowConsumer.Code));
        foreach (var reason in new[] { "full", "late" })
            _handshakesRefused.Add(0, new KeyValuePair<string, object?>("reason", reason));
    }

    public void Opened(string transport) => _sessions.Add(1, new KeyValuePair<string, object?>("transport", transport));

    public void Ended(string transport) => _sessions.Add(-1, new KeyValuePair<string, object?>("transport", transport));

    public void Closed(string transport, CloseReason reason) =>
        _closed.Add(1, new KeyValuePair<string, object?>("transport", transport), new KeyValuePair<string, object?>("reason", reason.Code));

    public void Wrote(string transport, int items) => _items.Add(items, new KeyValuePair<string, object?>("transport", transport));

    public void Sent(string transport, int bytes) => _bytes.Add(bytes, new KeyValuePair<string, object?>("transport", transport));

    public void GapRead() => _gapReads.Add(1);

    public void GapSuspected() => _gaps.Add(1);

    public void HandshakeWaits() => _handshakes.Add(1);

    public void HandshakeWaited(TimeSpan took)
    {
        _handshakes.Add(-1);
        _handshakeWait.Record(took.TotalSeconds);
    }

    public void HandshakeRefused(string reason) => _handshakesRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Watch(SendMemory memory) =>
        _meter.CreateObservableGauge("krewe.gateway.send_queues", () => memory.Bytes, "By", "Bytes that wait for all clients together; bounded by Krewe:Limits:SendQueuesBytes.");

    public void Polled(string outcome) => _polls.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
