using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;

namespace Krewe.Storage.Embedded;

/// <summary>One write in the queue; all of them go through the one writer, so that none needs a lock.</summary>
internal abstract record StoreWrite
{
    /// <param name="Commit">New items of a mailbox, its state, or both.</param>
    public sealed record Append(MailboxCommit Commit) : StoreWrite;

    /// <summary>Deletes the items up to <paramref name="Through"/>, and the index rows, which the caller has looked up.</summary>
    public sealed record Trim(Jid Owner, long Through, IReadOnlyList<byte[]> IdKeys, IReadOnlyList<byte[]> PeerKeys, long Bytes) : StoreWrite;

    public sealed record DeleteMailbox(Jid Owner) : StoreWrite;

    /// <param name="Key">The row.</param>
    /// <param name="Expected">The ETag that the writer knows; null: it believes that there is no row.</param>
    /// <param name="ETag">The new one.</param>
    /// <param name="Payload">The new state; null deletes the row.</param>
    public sealed record GrainState(byte[] Key, string? Expected, string ETag, byte[]? Payload) : StoreWrite;
}
