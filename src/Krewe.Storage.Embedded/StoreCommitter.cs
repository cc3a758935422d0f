using Krewe.Core.Mailboxes;
using Krewe.Storage.Embedded.Database;
using Krewe.Storage.Embedded.Grains;
using Krewe.Storage.Embedded.Mailboxes;
using Krewe.Storage.Embedded.Pushes;
using RocksDbSharp;

namespace Krewe.Storage.Embedded;

/// <summary>Puts a group of writes into one batch and flushes it.</summary>
internal sealed class StoreCommitter : ICommitter<StoreWrite>
{
    // Asking the file system costs some microseconds: often enough to stop well before the disk is full, seldom enough not to be seen.
    private static readonly TimeSpan SpaceInterval = TimeSpan.FromMilliseconds(100);

    private readonly DatabaseHost _host;
    private readonly FreeSpace _space;
    private readonly EmbeddedStorageMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly HeadCache _heads;
    private readonly MailboxStaging _mailboxes;
    private readonly GrainStateStaging _grains = new();
    private readonly PushStaging _pushes;
    private readonly Action _pushesChanged;
    private int _generation;
    private string? _shortage;
    private long _spaceChecked;

    public StoreCommitter(
        DatabaseHost host, FreeSpace space, int knownMailboxes, PushLedger pushes, Action pushesChanged, DamageLog damage, EmbeddedStorageMetrics metrics, TimeProvider time)
    {
        (_host, _space, _metrics, _time) = (host, space, metrics, time);
        _heads = new HeadCache(knownMailboxes);
        _mailboxes = new MailboxStaging(_heads, damage, metrics);
        _pushes = new PushStaging(pushes, damage);
        _pushesChanged = pushesChanged;
        using var lease = _host.Rent();
        _pushes.Reset(lease.Database);
    }

    public int RowsOf(StoreWrite write) => write switch
    {
        StoreWrite.Append append => Math.Max(1, append.Commit.Items.Length),
        StoreWrite.Trim trim => Math.Max(1, trim.IdKeys.Count),
        _ => 1,
    };

    public ValueTask CommitAsync(IReadOnlyList<StoreWrite> writes, Exception?[] refusals)
    {
        var began = _time.GetTimestamp();
        _host.ThrowIfInTrouble();
        CheckSpace();
        using var batch = new WriteBatch();
        var done = false;
        try
        {
            var rows = Stage(writes, refusals, batch);
            if (rows > 0)
            {
                _host.Write(batch);
                _metrics.Committed(rows, _time.GetElapsedTime(began));
                if (_pushes.Committed())
                {
                    _pushesChanged();
                }
            }
            done = true;
        }
        finally
        {
            if (!done)
            {
                // What was remembered of the batch may not be on disk.
                _heads.Clear();
                _metrics.CommitFailed();
            }
        }
        return ValueTask.CompletedTask;
    }

    private int Stage(IReadOnlyList<StoreWrite> writes, Exception?[] refusals, WriteBatch batch)
    {
        using var lease = _host.Rent();
        if (_generation != _host.Generation)
        {
            _generation = _host.Generation;
            _heads.Clear();
            _pushes.Reset(lease.Database);
        }
        _grains.Begin();
        _pushes.Begin();
        var rows = 0;
        for (var i = 0; i < writes.Count; i++)
        {
            refusals[i] = Stage(writes[i], lease.Database, batch);
            rows += refusals[i] is null ? RowsOf(writes[i]) : 0;
        }
        return rows;
    }

    private Exception? Stage(StoreWrite write, OpenDatabase database, WriteBatch batch)
    {
        // What frees space goes on when space is short.
        if (_shortage is { } shortage && write is StoreWrite.Append or StoreWrite.GrainState { Payload: not null })
        {
            return new StoreUnavailableException(shortage);
        }
        batch.SetSavePoint();
        try
        {
            var refusal = Put(write, database, batch);
            batch.PopSavePoint();
            return refusal;
        }
        catch (Exception e) when (e is ArgumentException or StoreUnavailableException or RocksDbException)
        {
            // Its own fault alone: the neighbours go on without it.
            batch.RollbackToSavePoint();
            return e is RocksDbException ? new StoreUnavailableException($"The disk cannot be read: {e.Message}", e) : e;
        }
    }

    private Exception? Put(StoreWrite write, OpenDatabase database, WriteBatch batch)
    {
        switch (write)
        {
            case StoreWrite.Append append:
                return Put(append.Commit, database, batch);
            case StoreWrite.GrainState state:
                return _grains.Stage(state, database, batch);
            case StoreWrite.Trim trim:
                _mailboxes.Stage(trim, database, batch);
                return null;
            case StoreWrite.DeleteMailbox delete:
                _pushes.Load(delete.Owner, database);
                _mailboxes.Stage(delete, database, batch);
                _pushes.Stage(delete.Owner, database, batch);
                return null;
            case StoreWrite.PushSettle settle:
                _pushes.Load([PushKey.Of(settle.Claimed)], database);
                _pushes.LoadAside(PushKey.Of(settle.Claimed), database);
                _pushes.Stage(settle, database, batch);
                return null;
            case StoreWrite.PushAgain again:
                _pushes.Load([again.Key], database);
                _pushes.LoadAside(again.Key, database);
                _pushes.Stage(again, database, batch);
                return null;
            case StoreWrite.PushDrop drop:
                _pushes.LoadAside(drop.Key, database);
                _pushes.Stage(drop, database, batch);
                return null;
            default:
                throw new NotSupportedException(write.GetType().Name);
        }
    }

    private MailboxFencedException? Put(MailboxCommit commit, OpenDatabase database, WriteBatch batch)
    {
        _pushes.Load(commit.Pushes.Select(push => new PushKey(commit.Owner, push.Device)), database);
        if (_mailboxes.Stage(commit, database, batch) is { } fenced)
        {
            return fenced;
        }
        _pushes.Stage(commit.Owner, commit.Pushes, database, batch);
        return null;
    }

    private void CheckSpace()
    {
        if (_spaceChecked != 0 && _time.GetElapsedTime(_spaceChecked) < SpaceInterval)
        {
            return;
        }
        _spaceChecked = Math.Max(1, _time.GetTimestamp());
        _shortage = _space.Shortage();
    }
}
