using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;

namespace Krewe.Grains.Delivery;

/// <summary>Takes items to the mailbox of <paramref name="to"/>: one answer an item, and no exception for a peer that cannot be reached.</summary>
internal delegate Task<ImmutableArray<Outcome<Delivered>>> DeliverCall(Jid to, ImmutableArray<MailboxItem> items);
