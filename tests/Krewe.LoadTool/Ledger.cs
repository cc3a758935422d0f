using System.Collections.Concurrent;

namespace Krewe.LoadTool;

/// <summary>What was sent, acknowledged and received in one direction of one pair. Numbers are 0, 1, 2 …</summary>
internal sealed class Ledger
{
    private readonly Lock _lock = new();
    private readonly HashSet<long> _ackedNotReceived = [];
    private readonly HashSet<long> _receivedBeyond = [];
    private long _receivedThrough = -1;
    private long _highest = -1;
    private long _sent;
    private long _acked;

    /// <summary>Refusals by code, over all pairs.</summary>
    public static ConcurrentDictionary<string, long> Refused { get; } = new();

    public long Sent => Interlocked.Read(ref _sent);

    public long Acked => Interlocked.Read(ref _acked);

    public long Received { get; private set; }

    public long Repeated { get; private set; }

    /// <summary>Came after one that was sent later.</summary>
    public long Reordered { get; private set; }

    /// <summary>Acknowledged and not received.</summary>
    public long Lost
    {
        get
        {
            lock (_lock) return _ackedNotReceived.Count;
        }
    }

    public long TakeNumber() => Interlocked.Increment(ref _sent) - 1;

    public void Acknowledge(long number)
    {
        Interlocked.Increment(ref _acked);
        lock (_lock)
            if (!WasReceived(number)) _ackedNotReceived.Add(number);
    }

    public void Receive(long number)
    {
        lock (_lock)
        {
            if (WasReceived(number))
            {
                Repeated++;
                return;
            }
            Received++;
            if (number < _highest) Reordered++;
            _highest = Math.Max(_highest, number);
            _ackedNotReceived.Remove(number);
            _receivedBeyond.Add(number);
            while (_receivedBeyond.Remove(_receivedThrough + 1)) _receivedThrough++;
        }
    }

    private bool WasReceived(long number) => number <= _receivedThrough || _receivedBeyond.Contains(number);
}
