using Krewe.Core.Devices;
using Krewe.Core.Push;

namespace Krewe.Storage.Embedded.Pushes;

/// <summary>A row of the outbox that a commit has changed.</summary>
internal readonly record struct PushChange(PushKey Key, PendingPush? Before, PendingPush? After)
{
    /// <summary>The claim of this row has ended.</summary>
    public bool Released { get; init; }
}

/// <summary>What the outbox knows without asking the disk: who has claimed what, where the indexes begin, how many rows there are.</summary>
/// <remarks>Claims live here alone: the path's lock proves that whoever held one before a restart is dead.</remarks>
internal sealed class PushLedger
{
    private readonly Lock _lock = new();
    private readonly Dictionary<PushKey, PushLease> _leases = [];
    private readonly PriorityQueue<PushLease, DateTimeOffset> _ends = new();
    private readonly Dictionary<PushPlatform, Part> _parts = Enum.GetValues<PushPlatform>().ToDictionary(platform => platform, platform => new Part(platform));
    private long _claims;

    /// <summary>Forgets what was known of the rows on disk; claims stay.</summary>
    public void Reset(IReadOnlyDictionary<PushPlatform, (long Waiting, long Aside)> counts)
    {
        lock (_lock)
        {
            foreach (var (platform, part) in _parts)
            {
                part.Due.Reset();
                part.Since.Reset();
                (part.Waiting, part.Aside) = counts.GetValueOrDefault(platform);
            }
        }
    }

    /// <summary>Takes note of what a commit has done.</summary>
    public void Apply(IReadOnlyList<PushChange> changes, IReadOnlyList<(PushPlatform Platform, int Count)> asides)
    {
        lock (_lock)
        {
            foreach (var change in changes)
            {
                Apply(change);
            }
            foreach (var (platform, count) in asides)
            {
                Of(platform).Aside += count;
            }
        }
    }

    public bool IsLeased(PushKey key)
    {
        lock (_lock)
        {
            return _leases.ContainsKey(key);
        }
    }

    public PushLease? Lease(PushKey key, long claim)
    {
        lock (_lock)
        {
            return _leases.TryGetValue(key, out var lease) && lease.Claim == claim ? lease : null;
        }
    }

    /// <summary>News for a row that is perhaps claimed.</summary>
    public void Join(PushKey key, PendingPush? before, PendingPush? put)
    {
        lock (_lock)
        {
            if (!_leases.TryGetValue(key, out var lease))
            {
                return;
            }
            if (before is null || put is null || before.Kind != put.Kind)
            {
                lease.Replaced = true;
            }
            else
            {
                lease.Late ??= put;
            }
        }
    }

    public PendingPush Claim(PendingPush row, byte[] dueKey, DateTimeOffset until)
    {
        lock (_lock)
        {
            var lease = new PushLease(PushKey.Of(row), ++_claims, row.Platform, until) { DueKey = dueKey };
            _leases[lease.Key] = lease;
            _ends.Enqueue(lease, until);
            return row with { Claim = lease.Claim };
        }
    }

    /// <summary>Claims whose time is over: their rows may be claimed again.</summary>
    public void EndLeases(DateTimeOffset now)
    {
        lock (_lock)
        {
            while (_ends.TryPeek(out var lease, out var until) && (until <= now || !IsCurrent(lease)))
            {
                _ends.Dequeue();
                if (IsCurrent(lease))
                {
                    Release(lease.Key);
                }
            }
        }
    }

    /// <summary>When the first claim on a row of these platforms is over.</summary>
    public DateTimeOffset? NextLeaseEnd(IReadOnlySet<PushPlatform> platforms)
    {
        lock (_lock)
        {
            return _leases.Values.Where(lease => platforms.Contains(lease.Platform)).Min(lease => (DateTimeOffset?)lease.Until);
        }
    }

    public byte[] BeginDue(PushPlatform platform)
    {
        lock (_lock)
        {
            return Of(platform).Due.Begin();
        }
    }

    public void AdvanceDue(PushPlatform platform, byte[] to)
    {
        lock (_lock)
        {
            Of(platform).Due.Advance(to);
        }
    }

    public byte[] BeginSince(PushPlatform platform)
    {
        lock (_lock)
        {
            return Of(platform).Since.Begin();
        }
    }

    public void AdvanceSince(PushPlatform platform, byte[] to)
    {
        lock (_lock)
        {
            Of(platform).Since.Advance(to);
        }
    }

    public (long Waiting, long Aside) Counts(PushPlatform platform)
    {
        lock (_lock)
        {
            return (Of(platform).Waiting, Of(platform).Aside);
        }
    }

    private void Apply(PushChange change)
    {
        if (change.Before is { } before)
        {
            Of(before.Platform).Waiting--;
        }
        byte[]? dueKey = null;
        if (change.After is { } after)
        {
            var part = Of(after.Platform);
            part.Waiting++;
            part.Due.Lower(dueKey = PushKeys.Due(after));
            part.Since.Lower(PushKeys.Since(after));
        }
        if (_leases.TryGetValue(change.Key, out var lease))
        {
            lease.DueKey = dueKey;
        }
        if (change.Released)
        {
            Release(change.Key);
        }
    }

    private bool IsCurrent(PushLease lease) => _leases.TryGetValue(lease.Key, out var current) && current == lease;

    private void Release(PushKey key)
    {
        if (_leases.Remove(key, out var lease) && lease.DueKey is { } dueKey)
        {
            // The second byte of an index key is its platform.
            Of((PushPlatform)dueKey[1]).Due.Lower(dueKey);
        }
    }

    // A later program may have left a platform behind that this one does not know.
    private Part Of(PushPlatform platform) => _parts.TryGetValue(platform, out var part) ? part : _parts[platform] = new Part(platform);

    private sealed class Part(PushPlatform platform)
    {
        public IndexFloor Due { get; } = new(PushKeys.AllDue(platform));

        public IndexFloor Since { get; } = new(PushKeys.AllSince(platform));

        public long Waiting { get; set; }

        public long Aside { get; set; }
    }
}

/// <summary>A worker has a row in hand.</summary>
internal sealed class PushLease(PushKey key, long claim, PushPlatform platform, DateTimeOffset until)
{
    public PushKey Key => key;

    public long Claim => claim;

    public PushPlatform Platform => platform;

    public DateTimeOffset Until => until;

    /// <summary>Where the row stands in the index now; null: it is gone.</summary>
    public byte[]? DueKey { get; set; }

    /// <summary>The row was taken away or changed its kind since the claim.</summary>
    public bool Replaced { get; set; }

    /// <summary>The first row that joined since the claim.</summary>
    public PendingPush? Late { get; set; }
}
