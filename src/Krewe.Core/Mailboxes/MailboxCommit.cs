using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Push;

namespace Krewe.Core.Mailboxes;

/// <summary>What one mailbox wants on disk, all or nothing: new items at its end, its small state, and what its devices are to be pushed.</summary>
public sealed record MailboxCommit
{
    public required Jid Owner { get; init; }

    /// <summary>New items in rising <c>seq</c>, the first one following the mailbox's last. May be empty.</summary>
    public ImmutableArray<MailboxItem> Items { get; init; } = [];

    /// <summary>If not null: replaces the mailbox's state, bytes that only its grain understands (cursors, receipts under way).</summary>
    public byte[]? State { get; init; }

    /// <summary>With a <see cref="State"/>: its number, one more than <see cref="MailboxHead.Revision"/>. A commit whose number does not follow the last one on disk
    /// is another activation's, and refused. Null: not checked.</summary>
    public long? Revision { get; init; }

    /// <summary>What becomes of the owner's rows in the push outbox.</summary>
    public ImmutableArray<PushWrite> Pushes { get; init; } = [];
}
