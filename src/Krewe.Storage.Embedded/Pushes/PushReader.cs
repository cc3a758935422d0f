using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Push;
using Krewe.Storage.Embedded.Database;
using Krewe.Storage.Embedded.Mailboxes;

namespace Krewe.Storage.Embedded.Pushes;

/// <summary>The reads of the outbox, on a database that stays open meanwhile.</summary>
internal readonly struct PushReader(OpenDatabase database, DamageLog damage)
{
    public PendingPush? Row(PushKey key) => Read(key, PushKeys.Row(key))?.Pending;

    public SetAsidePush? Aside(PushKey key) => Read(key, PushKeys.Aside(key));

    /// <summary>The names of the rows under a prefix of such keys.</summary>
    public List<PushKey> Names(byte[] prefix)
    {
        var names = new List<PushKey>();
        Walk(prefix, key => names.Add(PushKeys.OfRow(key)));
        return names;
    }

    /// <summary>One user's rows: those that wait, then those that were set aside.</summary>
    public List<OwnedPush> Of(Jid owner)
    {
        var found = new List<OwnedPush>();
        foreach (var key in Names(PushKeys.RowsOf(owner)))
        {
            if (Row(key) is { } row)
            {
                found.Add(new OwnedPush(row, null));
            }
        }
        foreach (var key in Names(PushKeys.AsidesOf(owner)))
        {
            if (Aside(key) is { } aside)
            {
                found.Add(new OwnedPush(aside.Pending, aside.Reason));
            }
        }
        return found;
    }

    /// <summary>How many rows there are, by platform.</summary>
    public Dictionary<PushPlatform, (long Waiting, long Aside)> Count()
    {
        var counts = new Dictionary<PushPlatform, (long Waiting, long Aside)>();
        foreach (var key in Names(PushKeys.AllRows))
        {
            if (Row(key) is { } row)
            {
                var (waiting, aside) = counts.GetValueOrDefault(row.Platform);
                counts[row.Platform] = (waiting + 1, aside);
            }
        }
        foreach (var key in Names(PushKeys.AllAsides))
        {
            if (Aside(key) is { } set)
            {
                var (waiting, aside) = counts.GetValueOrDefault(set.Pending.Platform);
                counts[set.Pending.Platform] = (waiting, aside + 1);
            }
        }
        return counts;
    }

    public List<SetAsidePush> Asides(int limit)
    {
        var asides = new List<SetAsidePush>();
        using var scan = new PushScan(database, PushKeys.AsideTimes, PushKeys.AsideTimes);
        for (; asides.Count < limit && scan.Valid; scan.Next())
        {
            if (Aside(PushKeys.OfAsideTime(scan.Key)) is { } aside)
            {
                asides.Add(aside);
            }
        }
        return asides;
    }

    /// <summary>The first key at or after <paramref name="from"/> that begins with <paramref name="prefix"/>.</summary>
    public byte[]? First(byte[] from, byte[] prefix)
    {
        using var scan = new PushScan(database, prefix, from);
        return scan.Valid ? scan.Key.ToArray() : null;
    }

    /// <summary>Walks along the rows of one platform by due time.</summary>
    public DueWalk Walk(PushPlatform platform, byte[] from, PushLedger ledger) => new(database, this, platform, from, ledger);

    private void Walk(byte[] prefix, Action<ReadOnlySpan<byte>> visit)
    {
        using var scan = new PushScan(database, prefix, prefix);
        for (; scan.Valid; scan.Next())
        {
            visit(scan.Key);
        }
        if (!scan.EndedWell())
        {
            damage.Report(default, "the push outbox");
        }
    }

    private SetAsidePush? Read(PushKey key, byte[] rowKey)
    {
        if (database.Get(rowKey, database.Columns.Pushes) is not { } row)
        {
            return null;
        }
        if (SealedValue.TryOpen(rowKey, row, out ReadOnlySpan<byte> value) && PendingPushCodec.TryRead(key.Owner, key.Device, value, out var push))
        {
            return push;
        }
        // The message is in the mailbox; its push is lost, and the next one takes the row's place.
        damage.Report(key.Owner, $"the pending push of device {key.Device}");
        return null;
    }
}
