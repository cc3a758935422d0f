using Krewe.Core.Gateways;
using Krewe.Streams.Faults;

namespace Krewe.TestKit;

/// <summary>
/// Disturbs the gateway streams at random: what they carry is lost, repeated, late or out of order. Clients must not notice, for the
/// mailbox is the truth and a stream only a hint. The fractions may be changed at any time; all are 0 at first.
/// </summary>
/// <param name="seed">Makes the choices the same in every run, as far as the threads allow.</param>
public sealed class StreamFaults(int seed = 1) : IGatewayStreamFaults
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly HashSet<(SiloAddress Core, SiloAddress Gateway)> _cuts = [];
    private long _dropped;
    private long _repeated;
    private long _delayed;
    private long _reordered;

    /// <summary>The fraction of events that are lost, 0 to 1. A gateway learns of the loss as in earnest: by the next batch or heartbeat.</summary>
    public double Drop { get; set => field = Fraction(value); }

    /// <summary>The fraction of events that come twice, 0 to 1.</summary>
    public double Repeat { get; set => field = Fraction(value); }

    /// <summary>The fraction of events that come late, by up to <see cref="MaxDelay"/>, 0 to 1.</summary>
    public double Delay { get; set => field = Fraction(value); }

    /// <summary>The fraction of batches whose events change places, 0 to 1.</summary>
    public double Reorder { get; set => field = Fraction(value); }

    /// <summary>The longest delay. Default: 50 ms.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How many events were lost so far.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>How many events came twice so far.</summary>
    public long Repeated => Interlocked.Read(ref _repeated);

    /// <summary>How many events came late so far.</summary>
    public long Delayed => Interlocked.Read(ref _delayed);

    /// <summary>How many batches were shuffled so far.</summary>
    public long Reordered => Interlocked.Read(ref _reordered);

    /// <summary>From now on nothing that <paramref name="core"/> sends reaches <paramref name="gateway"/>, and neither notices.</summary>
    public void Cut(SiloAddress core, SiloAddress gateway)
    {
        lock (_lock) _cuts.Add((core, gateway));
    }

    /// <summary>Ends a <see cref="Cut"/>; what was lost meanwhile stays lost.</summary>
    public void Heal(SiloAddress core, SiloAddress gateway)
    {
        lock (_lock) _cuts.Remove((core, gateway));
    }

    /// <summary>Ends all disturbance.</summary>
    public void Clear()
    {
        (Drop, Repeat, Delay, Reorder) = (0, 0, 0, 0);
        lock (_lock) _cuts.Clear();
    }

    /// <inheritdoc/>
    public bool IsCut(SiloAddress core, SiloAddress gateway)
    {
        lock (_lock) return _cuts.Contains((core, gateway));
    }

    /// <inheritdoc/>
    public bool Receive(SiloAddress core, SiloAddress gateway, IReadOnlyList<GatewayEvent> events, Action<IReadOnlyList<GatewayEvent>> deliver)
    {
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(deliver);
        var now = new List<GatewayEvent>(events.Count);
        var whole = true;
        foreach (var gatewayEvent in events)
        {
            if (Happens(Drop, ref _dropped))
            {
                whole = false;
                continue;
            }
            if (Happens(Delay, ref _delayed)) _ = DeliverLateAsync(gatewayEvent, deliver);
            else now.Add(gatewayEvent);
            if (Happens(Repeat, ref _repeated)) now.Add(gatewayEvent);
        }
        if (now.Count > 1 && Happens(Reorder, ref _reordered))
        {
            lock (_lock) _random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(now));
        }
        if (now.Count > 0) deliver(now);
        return whole;
    }

    private static double Fraction(double value) =>
        value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A fraction is 0 to 1.");

    private bool Happens(double fraction, ref long counter)
    {
        if (fraction == 0) return false;
        lock (_lock)
        {
            if (_random.NextDouble() >= fraction) return false;
        }
        Interlocked.Increment(ref counter);
        return true;
    }

    private async Task DeliverLateAsync(GatewayEvent gatewayEvent, Action<IReadOnlyList<GatewayEvent>> deliver)
    {
        TimeSpan delay;
        lock (_lock) delay = MaxDelay * _random.NextDouble();
        await Task.Delay(delay);
        deliver([gatewayEvent]);
    }
}
