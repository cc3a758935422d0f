using System.Buffers;
using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Embedded.Database;
using RocksDbSharp;

namespace Krewe.Storage.Embedded.Mailboxes;

/// <summary>Turns mailbox writes into rows of a batch. Belongs to the writer's thread.</summary>
internal sealed class MailboxStaging(HeadCache heads, DamageLog damage, EmbeddedStorageMetrics metrics)
{
    private readonly ArrayBufferWriter<byte> _row = new(4 << 10);

    /// <returns>Null, or why this write is refused; then nothing of it is in the batch.</returns>
    public MailboxFencedException? Stage(MailboxCommit commit, OpenDatabase database, WriteBatch batch)
    {
        var head = HeadOf(commit.Owner, database);
        if (Check(commit, head) is { } refusal)
        {
            return refusal;
        }
        var columns = database.Columns;
        foreach (var item in commit.Items)
        {
            _row.ResetWrittenCount();
            ItemCodec.Write(commit.Owner, item, _row);
            batch.Put(Keys.Item(commit.Owner, item.Seq), _row.WrittenSpan, columns.Items);
            var idKey = Keys.Id(commit.Owner, item.From, item.Id);
            batch.Put(idKey, SealedValue.Seal(idKey, item.Seq), columns.Ids);
            if (item.Kind == ItemKind.Message)
            {
                batch.Put(Keys.Peer(commit.Owner, item.PeerOf(commit.Owner), item.Seq), ReadOnlySpan<byte>.Empty, columns.Peers);
            }
        }
        var ownerKey = Keys.Owner(commit.Owner);
        if (commit.State is { } state)
        {
            batch.Put(ownerKey, SealedValue.Seal(ownerKey, state), columns.States);
        }
        var grown = new Head(head.First, head.Last + commit.Items.Length, commit.State is null ? head.Revision : head.Revision + 1);
        if (grown != head)
        {
            SetHead(commit.Owner, ownerKey, grown, database, batch);
        }
        return null;
    }

    public void Stage(StoreWrite.Trim trim, OpenDatabase database, WriteBatch batch)
    {
        var head = HeadOf(trim.Owner, database);
        var through = Math.Min(trim.Through, head.Last);
        if (through < head.First)
        {
            return;
        }
        DeleteRange(batch, Keys.Item(trim.Owner, 0), Keys.Item(trim.Owner, through + 1), database.Columns.Items);
        foreach (var key in trim.IdKeys)
        {
            batch.Delete(key, database.Columns.Ids);
        }
        foreach (var key in trim.PeerKeys)
        {
            batch.Delete(key, database.Columns.Peers);
        }
        SetHead(trim.Owner, Keys.Owner(trim.Owner), head with { First = through + 1 }, database, batch);
        metrics.Trimmed(through + 1 - head.First);
    }

    public void Stage(StoreWrite.DeleteMailbox delete, OpenDatabase database, WriteBatch batch)
    {
        var columns = database.Columns;
        foreach (var column in (ReadOnlySpan<ColumnFamilyHandle>)[columns.Items, columns.Ids, columns.Peers])
        {
            DeleteRange(batch, Keys.Owner(delete.Owner), Keys.AfterOwner(delete.Owner), column);
        }
        batch.Delete(Keys.Owner(delete.Owner), columns.Heads);
        batch.Delete(Keys.Owner(delete.Owner), columns.States);
        // Not removed: what is appended in the same batch must see it.
        heads.Set(delete.Owner, Head.Empty);
    }

    private MailboxFencedException? Check(MailboxCommit commit, Head head)
    {
        if (commit is { State: not null, Revision: { } revision } && revision != head.Revision + 1)
        {
            metrics.Fenced();
            return new MailboxFencedException(commit.Owner, head.Last + 1);
        }
        for (var i = 0; i < commit.Items.Length; i++)
        {
            if (commit.Items[i].Seq != head.Last + 1 + i)
            {
                metrics.Fenced();
                return new MailboxFencedException(commit.Owner, commit.Items[i].Seq);
            }
        }
        return null;
    }

    private Head HeadOf(Jid owner, OpenDatabase database)
    {
        if (!heads.TryGet(owner, out var head))
        {
            head = Head.Read(database, owner, damage);
            heads.Set(owner, head);
        }
        return head;
    }

    private void SetHead(Jid owner, byte[] ownerKey, Head head, OpenDatabase database, WriteBatch batch)
    {
        batch.Put(ownerKey, head.Seal(ownerKey), database.Columns.Heads);
        heads.Set(owner, head);
    }

    private static void DeleteRange(WriteBatch batch, byte[] from, byte[] to, ColumnFamilyHandle column) =>
        batch.DeleteRange(from, (ulong)from.Length, to, (ulong)to.Length, column);
}
