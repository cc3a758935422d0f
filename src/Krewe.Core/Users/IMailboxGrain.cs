using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;

namespace Krewe.Core.Users;

/// <summary>A user's mailbox. The grain's key is the bare address; all <c>I…Grain</c> contracts of this folder are one grain.</summary>
[Alias("krewe.IMailboxGrain")]
public interface IMailboxGrain : IGrainWithStringKey
{
    /// <summary>Sends in the order given; completes when each message is durable in both mailboxes or refused. One answer a draft.</summary>
    /// <param name="device">The sending device.</param>
    [Alias("Send")]
    ValueTask<ImmutableArray<Outcome<Sent>>> SendAsync(string device, ImmutableArray<Draft> drafts);

    /// <summary>From grain to grain: takes items (their <c>seq</c> is not yet set) into this mailbox; one answer an item, durable when it comes.
    /// An item whose (from, id) is known is not stored again.</summary>
    /// <remarks>The time-out is short because a repetition is harmless: a silo that hangs must not hold the sender for long.</remarks>
    [Alias("Deliver"), ResponseTimeout("00:00:05")]
    ValueTask<ImmutableArray<Outcome<Delivered>>> DeliverAsync(ImmutableArray<MailboxItem> items);

    /// <summary>What comes after a cursor, at once.</summary>
    [Alias("Read")]
    ValueTask<Outcome<MailboxPage>> ReadAsync(long after, int limit);

    /// <summary>The messages exchanged with one peer, newest first.</summary>
    /// <param name="before">Only items with a lower <c>seq</c>; null: from the newest.</param>
    [Alias("ReadHistory")]
    ValueTask<Outcome<HistoryPage>> ReadHistoryAsync(Jid peer, long? before, int limit);

    /// <summary>A device has dealt with everything up to <paramref name="seq"/>. Never moves back. Makes receipts.</summary>
    [Alias("Ack")]
    ValueTask<Outcome<Done>> AckAsync(string device, long seq, bool read);
}
