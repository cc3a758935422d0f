using System.Net;
using System.Net.Sockets;
using Krewe.Core.Errors;

namespace Krewe.Gateway.Accounts;

/// <summary>Counts what comes from each network address, forgets at a steady rate, and refuses beyond a bound: a leaky bucket an address.</summary>
/// <param name="bound">How many are let through at once.</param>
/// <param name="forgiveness">How long it takes until one is forgotten.</param>
internal sealed class AddressThrottle(int bound, TimeSpan forgiveness, TimeProvider time)
{
    /// <summary>Addresses that are remembered, at most. Beyond, those with the least to their account are forgotten.</summary>
    internal const int MaxAddresses = 16_384;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, (double Level, long At)> _buckets = [];

    internal int Count => _buckets.Count;

    /// <summary>Counts one; null if it is let through.</summary>
    public Fault? TryCount(IPAddress? remote, string message)
    {
        if (remote is null) return null;
        var key = Network(remote);
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var level = Level(key, now);
            if (level + 1 > bound) return new Fault(FaultCode.RateLimited, message) { RetryAfter = forgiveness * (level + 1 - bound) };
            if (_buckets.Count >= MaxAddresses && !_buckets.ContainsKey(key)) MakeRoom(now);
            _buckets[key] = (level + 1, now);
            return null;
        }
    }

    /// <summary>Takes back what was counted: it was no failure.</summary>
    public void Forgive(IPAddress? remote)
    {
        if (remote is null) return;
        var key = Network(remote);
        lock (_gate)
        {
            var now = time.GetTimestamp();
            var level = Level(key, now) - 1;
            if (level > 0) _buckets[key] = (level, now);
            else _buckets.Remove(key);
        }
    }

    private double Level(IPAddress key, long now) =>
        _buckets.TryGetValue(key, out var bucket) ? Math.Max(0, bucket.Level - time.GetElapsedTime(bucket.At, now) / forgiveness) : 0;

    private void MakeRoom(long now)
    {
        foreach (var key in _buckets.Keys.Where(key => Level(key, now) <= 0).ToArray()) _buckets.Remove(key);
        if (_buckets.Count < MaxAddresses) return;
        // An eighth at once, so that a flood from ever new addresses does not sort the table each time.
        foreach (var key in _buckets.Keys.OrderBy(key => Level(key, now)).Take(MaxAddresses / 8).ToArray()) _buckets.Remove(key);
    }

    // An IPv6 host has a /64 to choose its addresses from (RFC 4291, section 2.5.4).
    private static IPAddress Network(IPAddress remote)
    {
        if (remote.IsIPv4MappedToIPv6) return remote.MapToIPv4();
        if (remote.AddressFamily != AddressFamily.InterNetworkV6) return remote;
        Span<byte> bytes = stackalloc byte[16];
        remote.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }
}
