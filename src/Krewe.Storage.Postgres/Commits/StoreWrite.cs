using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Krewe.Storage.Postgres.Mailboxes;

namespace Krewe.Storage.Postgres.Commits;

/// <summary>One write in the queue.</summary>
internal abstract record StoreWrite(Jid Owner)
{
    /// <param name="Commit">New items of a mailbox, its state, what is to be pushed.</param>
    /// <param name="Rows">The items as rows.</param>
    public sealed record Append(MailboxCommit Commit, ItemRow[] Rows) : StoreWrite(Commit.Owner);

    /// <param name="Claimed">The row as the worker got it.</param>
    /// <param name="Next">What becomes of it; null: it goes.</param>
    /// <param name="Aside">If not null: why it is set aside.</param>
    public sealed record PushSettle(PendingPush Claimed, PendingPush? Next, string? Aside, DateTimeOffset At) : StoreWrite(Claimed.Owner);
}
