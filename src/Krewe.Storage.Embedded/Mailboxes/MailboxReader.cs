using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Embedded.Database;

namespace Krewe.Storage.Embedded.Mailboxes;

/// <summary>The reads of one mailbox, on a database that stays open meanwhile.</summary>
internal readonly struct MailboxReader(OpenDatabase database, DamageLog damage)
{
    /// <summary>Bytes of a row without its body, with its index rows; an estimate, for deciding when to give space back.</summary>
    public const int RowBytes = 300;

    // Items read at once to find what a trim deletes.
    private const int TrimBytes = 4 << 20;

    public Head Head(Jid owner) => Mailboxes.Head.Read(database, owner, damage);

    public byte[]? State(Jid owner)
    {
        var key = Keys.Owner(owner);
        if (database.Get(key, database.Columns.States) is not { } row)
        {
            return null;
        }
        if (SealedValue.TryOpen(key, row, out ReadOnlySpan<byte> state))
        {
            return state.ToArray();
        }
        // Cursors and receipts under way are lost, the messages are not: the mailbox begins with none rather than not at all.
        damage.Report(owner, "the state");
        return null;
    }

    public MailboxSlice Slice(Jid owner, long after, int limit, int maxBytes)
    {
        // The head is read first: an item is never later than its head, and what a trim takes away in between is below the new First.
        var head = Head(owner);
        var items = ImmutableArray.CreateBuilder<MailboxItem>();
        var next = Math.Max(after + 1, head.First);
        var bytes = 0L;
        var whole = true;
        if (next <= head.Last && limit > 0)
        {
            whole = ReadRows(owner, head.Last, limit, maxBytes, items, ref next, ref bytes);
        }
        // The rows ended before the mailbox does: those that are missing are damaged, or were trimmed meanwhile.
        if (!whole || (items.Count < limit && bytes < maxBytes && next <= head.Last))
        {
            head = ReadSingly(owner, head, limit, maxBytes, items, next, bytes);
        }
        return new MailboxSlice(items.DrainToImmutable(), head.First);
    }

    public ImmutableArray<MailboxItem> Peer(Jid owner, Jid peer, long before, int limit)
    {
        var items = ImmutableArray.CreateBuilder<MailboxItem>();
        var first = Head(owner).First;
        using var iterator = database.Db.NewIterator(database.Columns.Peers);
        var prefix = Keys.Peer(owner, peer, 0).AsSpan()[..^sizeof(long)];
        iterator.SeekForPrev(Keys.Peer(owner, peer, Math.Max(0, before - 1)));
        for (; items.Count < limit && iterator.Valid() && iterator.GetKeySpan().StartsWith(prefix); iterator.Prev())
        {
            var seq = Keys.SeqOf(iterator.GetKeySpan());
            if (seq < first)
            {
                break;
            }
            if (Item(owner, seq) is { Kind: ItemKind.Message } item && item.PeerOf(owner) == peer)
            {
                items.Add(item);
            }
        }
        if (!OpenDatabase.EndedWell(iterator))
        {
            damage.Report(owner, $"the history with {peer}");
        }
        return items.DrainToImmutable();
    }

    public MailboxItem? Find(Jid owner, Jid from, string id)
    {
        var key = Keys.Id(owner, from, id);
        if (database.Get(key, database.Columns.Ids) is not { } row)
        {
            return null;
        }
        if (!SealedValue.TryOpen(key, row, out long seq))
        {
            damage.Report(owner, $"the index row of {id} from {from}");
            return null;
        }
        var item = Item(owner, seq);
        return item is { Kind: ItemKind.Damaged } ? item with { From = from, Id = id } : item;
    }

    /// <summary>The next step of a trim, or null when there is nothing left to do.</summary>
    public StoreWrite.Trim? PlanTrim(Jid owner, long through, int step)
    {
        var head = Head(owner);
        var end = Math.Min(Math.Min(through, head.Last), head.First + step - 1);
        if (end < head.First)
        {
            return null;
        }
        var items = Slice(owner, head.First - 1, step, TrimBytes).Items;
        end = items.IsEmpty ? end : Math.Min(end, items[^1].Seq);
        List<byte[]> ids = [], peers = [];
        var bytes = 0L;
        foreach (var item in items.Where(item => item.Seq <= end && item.Kind != ItemKind.Damaged))
        {
            // The index rows of a damaged item are not known; they point below First and count for nothing.
            ids.Add(Keys.Id(owner, item.From, item.Id));
            peers.Add(Keys.Peer(owner, item.PeerOf(owner), item.Seq));
            bytes += RowBytes + (item.Body?.Length ?? 0) + (item.Data?.Length ?? 0);
        }
        return new StoreWrite.Trim(owner, end, ids, peers, bytes);
    }

    /// <returns>False when a damaged block ended it.</returns>
    private bool ReadRows(Jid owner, long last, int limit, int maxBytes, ImmutableArray<MailboxItem>.Builder items, ref long next, ref long bytes)
    {
        using var iterator = database.Db.NewIterator(database.Columns.Items);
        var prefix = Keys.Owner(owner);
        iterator.Seek(Keys.Item(owner, next));
        for (; next <= last && iterator.Valid(); iterator.Next())
        {
            var key = iterator.GetKeySpan();
            if (!key.StartsWith(prefix) || key.Length != prefix.Length + sizeof(long) || Keys.SeqOf(key) != next)
            {
                break;
            }
            var value = iterator.GetValueSpan();
            if (items.Count > 0 && (items.Count >= limit || bytes + value.Length > maxBytes))
            {
                bytes = Math.Max(bytes + value.Length, maxBytes);
                return true;
            }
            items.Add(Decode(owner, next, value));
            bytes += value.Length;
            next++;
        }
        return OpenDatabase.EndedWell(iterator);
    }

    /// <summary>Row by row, around what is damaged.</summary>
    /// <returns>The head as it is now.</returns>
    private Head ReadSingly(Jid owner, Head head, int limit, int maxBytes, ImmutableArray<MailboxItem>.Builder items, long next, long bytes)
    {
        for (; next <= head.Last && items.Count < limit && (items.Count == 0 || bytes < maxBytes); next++)
        {
            var row = database.Get(Keys.Item(owner, next), database.Columns.Items);
            if (row is null)
            {
                head = Head(owner);
                if (next < head.First || next > head.Last)
                {
                    next = Math.Max(next, head.First - 1);
                    continue;
                }
            }
            items.Add(Decode(owner, next, row));
            bytes += row?.Length ?? 0;
        }
        return head;
    }

    /// <summary>Null if it was trimmed.</summary>
    private MailboxItem? Item(Jid owner, long seq)
    {
        var row = database.Get(Keys.Item(owner, seq), database.Columns.Items);
        return row is null && Head(owner) is var head && (seq < head.First || seq > head.Last) ? null : Decode(owner, seq, row);
    }

    private MailboxItem Decode(Jid owner, long seq, ReadOnlySpan<byte> row)
    {
        if (ItemCodec.TryRead(owner, seq, row, out var item) == ItemReadResult.Read)
        {
            return item;
        }
        damage.Report(owner, seq);
        return MailboxItem.Damaged(owner, seq);
    }
}
