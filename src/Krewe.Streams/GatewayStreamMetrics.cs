using System.Diagnostics.Metrics;

namespace Krewe.Streams;

/// <summary>Why an event never reached its gateway's stream.</summary>
internal enum Loss
{
    /// <summary>The outbox was full.</summary>
    OutboxFull,
    /// <summary>A newer presence or typing event took its place.</summary>
    EphemeralOverflow,
    /// <summary>The gateway's silo is dead.</summary>
    GatewayDead,
    /// <summary>The silo that it reached has no gateway.</summary>
    NoGateway,
    /// <summary>The stream provider is not running: the silo starts or stops.</summary>
    NotRunning,
}

/// <summary>Why a gateway asks its sessions to compare their cursors with their mailboxes.</summary>
internal enum Suspicion
{
    /// <summary>A batch number was skipped.</summary>
    MissedBatch,
    /// <summary>A heartbeat told of a batch that never came.</summary>
    Heartbeat,
    /// <summary>A silo was declared dead.</summary>
    CoreDead,
    /// <summary>The stream could not hand a batch to the gateway.</summary>
    Undelivered,
}

/// <summary>What the gateway streams do, meter <c>Krewe.Streams</c>.</summary>
internal sealed class GatewayStreamMetrics
{
    public const string MeterName = "Krewe.Streams";

    private readonly Meter _meter;
    private readonly Counter<long> _published;
    private readonly Counter<long> _lost;
    private readonly Counter<long> _sent;
    private readonly Histogram<int> _batchEvents;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _delivered;
    private readonly Counter<long> _repeated;
    private readonly Counter<long> _suspicions;

    public GatewayStreamMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _published = _meter.CreateCounter<long>("krewe.streams.published", "{event}", "Events put on gateway streams.");
        _lost = _meter.CreateCounter<long>("krewe.streams.lost", "{event}", "Events that were given up before a gateway had them, by reason.");
        _sent = _meter.CreateCounter<long>("krewe.streams.sent", "{event}", "Events that a gateway has accepted.");
        _batchEvents = _meter.CreateHistogram<int>("krewe.streams.batch.events", "{event}", "Events in one batch to a gateway.");
        _retries = _meter.CreateCounter<long>("krewe.streams.retries", "{call}", "Calls to gateways that failed or found them full, and were repeated.");
        _delivered = _meter.CreateCounter<long>("krewe.streams.delivered", "{event}", "Events handed to this gateway's sessions.");
        _repeated = _meter.CreateCounter<long>("krewe.streams.repeated", "{batch}", "Batches that came a second time and were passed over.");
        _suspicions = _meter.CreateCounter<long>("krewe.streams.gaps", "{gap}", "Times that this gateway suspected a loss, by reason.");
        // From the start: the first trouble is then an increase, which alerts see.
        Lost(Loss.OutboxFull, 0);
        _suspicions.Add(0, new KeyValuePair<string, object?>("reason", Name(Suspicion.Undelivered)));
    }

    public void Published(int events) => _published.Add(events);

    public void Lost(Loss loss, int events) => _lost.Add(events, new KeyValuePair<string, object?>("reason", Name(loss)));

    public void Sent(int events)
    {
        _sent.Add(events);
        _batchEvents.Record(events);
    }

    public void Retried() => _retries.Add(1);

    public void Delivered(int events) => _delivered.Add(events);

    public void Repeated() => _repeated.Add(1);

    public void Suspected(Suspicion suspicion) => _suspicions.Add(1, new KeyValuePair<string, object?>("reason", Name(suspicion)));

    /// <summary>Says where to read how many events wait.</summary>
    public void Observe(string direction, Func<long> events) => _meter.CreateObservableUpDownCounter(
        $"krewe.streams.{direction}.events", events, "{event}", $"Events that wait in this silo's {direction}.");

    private static string Name(Loss loss) => loss switch
    {
        Loss.OutboxFull => "outbox-full",
        Loss.EphemeralOverflow => "ephemeral-overflow",
        Loss.GatewayDead => "gateway-dead",
        Loss.NoGateway => "no-gateway",
        Loss.NotRunning => "not-running",
        _ => throw new ArgumentOutOfRangeException(nameof(loss)),
    };

    private static string Name(Suspicion suspicion) => suspicion switch
    {
        Suspicion.MissedBatch => "missed-batch",
        Suspicion.Heartbeat => "heartbeat",
        Suspicion.CoreDead => "core-dead",
        Suspicion.Undelivered => "undelivered",
        _ => throw new ArgumentOutOfRangeException(nameof(suspicion)),
    };
}
