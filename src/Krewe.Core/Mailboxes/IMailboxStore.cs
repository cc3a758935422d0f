using System.Collections.Immutable;
using Krewe.Core.Addresses;

namespace Krewe.Core.Mailboxes;

/// <summary>Where mailboxes are kept. Implementations pass the suite <c>MailboxStoreContract</c>.</summary>
/// <remarks>
/// A call that throws <see cref="StoreUnavailableException"/> may be repeated later; a commit that did so may have happened.
/// A commit that throws <see cref="MailboxFencedException"/> did not happen.
/// An item whose bytes on disk are damaged is read as <see cref="MailboxItem.Damaged"/>, with its seq.
/// </remarks>
public interface IMailboxStore
{
    ValueTask<MailboxHead> OpenAsync(Jid owner, CancellationToken cancellationToken = default);

    /// <summary>Makes it durable: completes only after the data was flushed to disk. Commits of one owner complete in the order of the calls.</summary>
    /// <exception cref="MailboxFencedException">The first item or the state's revision does not follow the last one on disk: another activation has written.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot take it now.</exception>
    Task CommitAsync(MailboxCommit commit, CancellationToken cancellationToken = default);

    /// <summary>Items with <c>seq</c> &gt; <paramref name="after"/>, at most <paramref name="limit"/> and about <paramref name="maxBytes"/> (but at least one).
    /// Trimmed ones are passed over: the caller compares with <see cref="MailboxSlice.First"/>.</summary>
    ValueTask<MailboxSlice> ReadAsync(Jid owner, long after, int limit, int maxBytes, CancellationToken cancellationToken = default);

    /// <summary>The items of kind <see cref="ItemKind.Message"/> exchanged with one peer with <c>seq</c> &lt; <paramref name="before"/>, newest first.</summary>
    ValueTask<ImmutableArray<MailboxItem>> ReadPeerAsync(Jid owner, Jid peer, long before, int limit, CancellationToken cancellationToken = default);

    /// <summary>The item that <paramref name="from"/> sent under <paramref name="id"/>, or null.</summary>
    ValueTask<MailboxItem?> FindAsync(Jid owner, Jid from, string id, CancellationToken cancellationToken = default);

    /// <summary>Deletes the items up to and with <paramref name="through"/>, and what indexes them.</summary>
    Task TrimAsync(Jid owner, long through, CancellationToken cancellationToken = default);

    /// <summary>Deletes a mailbox with everything in it.</summary>
    Task DeleteAsync(Jid owner, CancellationToken cancellationToken = default);
}
