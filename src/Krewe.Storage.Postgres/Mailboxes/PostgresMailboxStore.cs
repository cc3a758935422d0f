using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Postgres.Commits;

namespace Krewe.Storage.Postgres.Mailboxes;

/// <summary>The mailboxes of a cluster. Reads and deletions have a connection each, commits go through the writers.</summary>
internal sealed class PostgresMailboxStore(MailboxReader reader, MailboxEraser eraser, WriterLanes writers) : IMailboxStore
{
    public ValueTask<MailboxHead> OpenAsync(Jid owner, CancellationToken cancellationToken = default) => new(reader.HeadAsync(owner, cancellationToken));

    public Task CommitAsync(MailboxCommit commit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(commit);
        return writers.WriteAsync(new StoreWrite.Append(commit, ItemRow.Of(commit)), cancellationToken);
    }

    public ValueTask<MailboxSlice> ReadAsync(Jid owner, long after, int limit, int maxBytes, CancellationToken cancellationToken = default) =>
        new(reader.SliceAsync(owner, after, limit, maxBytes, cancellationToken));

    public ValueTask<ImmutableArray<MailboxItem>> ReadPeerAsync(Jid owner, Jid peer, long before, int limit, CancellationToken cancellationToken = default) =>
        new(reader.PeerAsync(owner, peer, before, limit, cancellationToken));

    public ValueTask<MailboxItem?> FindAsync(Jid owner, Jid from, string id, CancellationToken cancellationToken = default) =>
        new(reader.FindAsync(owner, from, id, cancellationToken));

    public Task TrimAsync(Jid owner, long through, CancellationToken cancellationToken = default) => eraser.TrimAsync(owner, through, cancellationToken);

    public Task DeleteAsync(Jid owner, CancellationToken cancellationToken = default) => eraser.DeleteAsync(owner, cancellationToken);
}
