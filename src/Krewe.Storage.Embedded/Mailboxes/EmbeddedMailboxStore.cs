using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using RocksDbSharp;

namespace Krewe.Storage.Embedded.Mailboxes;

/// <summary>The mailboxes of a single silo. Reads run on the caller's thread, writes go through the store's writer.</summary>
internal sealed class EmbeddedMailboxStore(EmbeddedStore store) : IMailboxStore
{
    // Items deleted in one commit of a long trim, so that it does not hold up the others' commits.
    private const int TrimStep = 500;

    public ValueTask<MailboxHead> OpenAsync(Jid owner, CancellationToken cancellationToken = default) => Read(owner, static (reader, owner) =>
    {
        var head = reader.Head(owner);
        return new MailboxHead(head.First, head.Last, reader.State(owner), head.Revision);
    });

    public Task CommitAsync(MailboxCommit commit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(commit);
        return store.WriteAsync(new StoreWrite.Append(commit), cancellationToken);
    }

    public ValueTask<MailboxSlice> ReadAsync(Jid owner, long after, int limit, int maxBytes, CancellationToken cancellationToken = default) =>
        Read((owner, after, limit, maxBytes), static (reader, q) => reader.Slice(q.owner, q.after, q.limit, q.maxBytes));

    public ValueTask<ImmutableArray<MailboxItem>> ReadPeerAsync(
        Jid owner, Jid peer, long before, int limit, CancellationToken cancellationToken = default) =>
        Read((owner, peer, before, limit), static (reader, q) => reader.Peer(q.owner, q.peer, q.before, q.limit));

    public ValueTask<MailboxItem?> FindAsync(Jid owner, Jid from, string id, CancellationToken cancellationToken = default) =>
        Read((owner, from, id), static (reader, q) => reader.Find(q.owner, q.from, q.id));

    public async Task TrimAsync(Jid owner, long through, CancellationToken cancellationToken = default)
    {
        while (await TrimStepAsync(owner, through, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public async Task DeleteAsync(Jid owner, CancellationToken cancellationToken = default)
    {
        var head = await OpenAsync(owner, cancellationToken).ConfigureAwait(false);
        await store.WriteAsync(new StoreWrite.DeleteMailbox(owner), cancellationToken).ConfigureAwait(false);
        store.Reclaimer.Deleted((head.Last - head.First + 1) * MailboxReader.RowBytes);
    }

    /// <returns>True if there is more to trim.</returns>
    internal async Task<bool> TrimStepAsync(Jid owner, long through, CancellationToken cancellationToken)
    {
        var step = await Read((owner, through), static (reader, q) => reader.PlanTrim(q.owner, q.through, TrimStep)).ConfigureAwait(false);
        if (step is null)
        {
            return false;
        }
        await store.WriteAsync(step, cancellationToken).ConfigureAwait(false);
        store.Reclaimer.Deleted(step.Bytes);
        return step.Through < through;
    }

    private ValueTask<TResult> Read<TQuery, TResult>(TQuery query, Func<MailboxReader, TQuery, TResult> read)
    {
        try
        {
            using var lease = store.Host.Rent();
            return new(read(new MailboxReader(lease.Database, store.Damage), query));
        }
        catch (RocksDbException e)
        {
            return ValueTask.FromException<TResult>(new StoreUnavailableException($"The disk cannot be read: {e.Message}", e));
        }
        catch (StoreUnavailableException e)
        {
            return ValueTask.FromException<TResult>(e);
        }
    }
}
