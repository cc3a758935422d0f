using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Push;
using Krewe.Storage.Embedded.Database;
using Krewe.Storage.Embedded.Mailboxes;
using RocksDbSharp;

namespace Krewe.Storage.Embedded.Pushes;

/// <summary>Turns what happens to the outbox into rows of a batch. Belongs to the writer's thread.</summary>
/// <remarks>Whatever must be read is read by the <c>Load</c> calls, before anything of a write is staged: they may fail, what follows may not.</remarks>
internal sealed class PushStaging(PushLedger ledger, DamageLog damage)
{
    // Rows as they are with what the batch has made of them so far.
    private readonly Dictionary<PushKey, PendingPush?> _rows = [];
    private readonly Dictionary<PushKey, SetAsidePush?> _asides = [];
    private readonly List<PushChange> _changes = [];
    private readonly List<(PushPlatform, int)> _asideChanges = [];

    public void Begin()
    {
        _rows.Clear();
        _asides.Clear();
        _changes.Clear();
        _asideChanges.Clear();
    }

    /// <summary>The batch is durable.</summary>
    /// <returns>True if there may be a row to claim that was not there before.</returns>
    public bool Committed()
    {
        if (_changes.Count == 0 && _asideChanges.Count == 0)
        {
            return false;
        }
        ledger.Apply(_changes, _asideChanges);
        return _changes.Exists(change => change.After is not null);
    }

    /// <summary>What the disk holds is not what was known: it was opened anew.</summary>
    public void Reset(OpenDatabase database) => ledger.Reset(new PushReader(database, damage).Count());

    public void Load(IEnumerable<PushKey> keys, OpenDatabase database)
    {
        var reader = new PushReader(database, damage);
        foreach (var key in keys)
        {
            if (!_rows.ContainsKey(key))
            {
                _rows[key] = reader.Row(key);
            }
        }
    }

    public void LoadAside(PushKey key, OpenDatabase database)
    {
        if (!_asides.ContainsKey(key))
        {
            _asides[key] = new PushReader(database, damage).Aside(key);
        }
    }

    public void Load(Jid owner, OpenDatabase database)
    {
        var reader = new PushReader(database, damage);
        Load(reader.Names(PushKeys.RowsOf(owner)), database);
        foreach (var key in reader.Names(PushKeys.AsidesOf(owner)))
        {
            LoadAside(key, database);
        }
    }

    public void Stage(Jid owner, IEnumerable<PushWrite> writes, OpenDatabase database, WriteBatch batch)
    {
        foreach (var write in writes)
        {
            var key = new PushKey(owner, write.Device);
            var before = _rows[key];
            ledger.Join(key, before, write.Pending);
            Put(key, write.Pending is { } put ? PushMerge.Join(before, put) : null, database, batch);
        }
    }

    public void Stage(StoreWrite.PushSettle settle, OpenDatabase database, WriteBatch batch)
    {
        var key = PushKey.Of(settle.Claimed);
        if (ledger.Lease(key, settle.Claimed.Claim) is not { } lease)
        {
            return;
        }
        if (_rows[key] is not { } row)
        {
            _changes.Add(new PushChange(key, null, null) { Released = true });
            return;
        }
        if (settle.Aside is { } reason)
        {
            PutAside(key, new SetAsidePush(settle.Claimed with { Claim = 0 }, reason, settle.At), database, batch);
        }
        Put(key, PushMerge.Settle(row, settle.Claimed, settle.Next, lease.Replaced, lease.Late), database, batch, released: true);
    }

    public void Stage(StoreWrite.PushAgain again, OpenDatabase database, WriteBatch batch)
    {
        if (_asides[again.Key] is not { } aside)
        {
            return;
        }
        again.Found = true;
        PutAside(again.Key, null, database, batch);
        var put = aside.Pending with { Due = again.At, Since = again.At, Attempts = 0, LastCode = null };
        var before = _rows[again.Key];
        ledger.Join(again.Key, before, put);
        // Whatever waits already is newer; the operator's word ends its back-off.
        Put(again.Key, before is null ? put : before with { Due = again.At, Attempts = 0 }, database, batch);
    }

    public void Stage(StoreWrite.PushDrop drop, OpenDatabase database, WriteBatch batch)
    {
        drop.Found = _asides[drop.Key] is not null;
        PutAside(drop.Key, null, database, batch);
    }

    /// <summary>Nothing of this user is left.</summary>
    public void Stage(Jid owner, OpenDatabase database, WriteBatch batch)
    {
        foreach (var key in _rows.Keys.Where(key => key.Owner == owner).ToList())
        {
            ledger.Join(key, _rows[key], null);
            Put(key, null, database, batch);
        }
        foreach (var key in _asides.Keys.Where(key => key.Owner == owner).ToList())
        {
            PutAside(key, null, database, batch);
        }
        // With what is damaged and could not be read.
        foreach (var prefix in (ReadOnlySpan<byte[]>)[PushKeys.RowsOf(owner), PushKeys.AsidesOf(owner)])
        {
            var after = PushScan.End(prefix);
            batch.DeleteRange(prefix, (ulong)prefix.Length, after, (ulong)after.Length, database.Columns.Pushes);
        }
    }

    private void Put(PushKey key, PendingPush? after, OpenDatabase database, WriteBatch batch, bool released = false)
    {
        var before = _rows[key];
        _rows[key] = after;
        _changes.Add(new PushChange(key, before, after) { Released = released });
        var column = database.Columns.Pushes;
        if (before is not null)
        {
            batch.Delete(PushKeys.Due(before), column);
            batch.Delete(PushKeys.Since(before), column);
        }
        var rowKey = PushKeys.Row(key);
        if (after is null)
        {
            batch.Delete(rowKey, column);
            return;
        }
        batch.Put(rowKey, SealedValue.Seal(rowKey, PendingPushCodec.Write(after)), column);
        batch.Put(PushKeys.Due(after), ReadOnlySpan<byte>.Empty, column);
        batch.Put(PushKeys.Since(after), ReadOnlySpan<byte>.Empty, column);
    }

    private void PutAside(PushKey key, SetAsidePush? after, OpenDatabase database, WriteBatch batch)
    {
        var column = database.Columns.Pushes;
        if (_asides[key] is { } before)
        {
            batch.Delete(PushKeys.AsideTime(before), column);
            _asideChanges.Add((before.Pending.Platform, -1));
        }
        _asides[key] = after;
        var rowKey = PushKeys.Aside(key);
        if (after is null)
        {
            batch.Delete(rowKey, column);
            return;
        }
        _asideChanges.Add((after.Pending.Platform, 1));
        batch.Put(rowKey, SealedValue.Seal(rowKey, PendingPushCodec.Write(after)), column);
        batch.Put(PushKeys.AsideTime(after), ReadOnlySpan<byte>.Empty, column);
    }
}
