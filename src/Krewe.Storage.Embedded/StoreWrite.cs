using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Krewe.Storage.Embedded.Pushes;

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

    /// <param name="Claimed">The row as the worker got it.</param>
    /// <param name="Next">What becomes of it; null: it goes.</param>
    /// <param name="Aside">If not null: why it is set aside.</param>
    public sealed record PushSettle(PendingPush Claimed, PendingPush? Next, string? Aside, DateTimeOffset At) : StoreWrite;

    /// <summary>Puts a row that was set aside back to be sent now.</summary>
    public sealed record PushAgain(PushKey Key, DateTimeOffset At) : StoreWrite
    {
        /// <summary>The answer, once the write has completed.</summary>
        public bool Found { get; set; }
    }

    /// <summary>Takes away a row that was set aside.</summary>
    public sealed record PushDrop(PushKey Key) : StoreWrite
    {
        /// <summary>The answer, once the write has completed.</summary>
        public bool Found { get; set; }
    }
}
