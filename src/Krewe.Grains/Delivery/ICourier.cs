using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;

namespace Krewe.Grains.Delivery;

/// <summary>Takes items to other users' mailboxes.</summary>
internal interface ICourier
{
    /// <summary>One answer an item, once all are durable.</summary>
    ValueTask<ImmutableArray<Outcome<Delivered>>> DeliverAsync(Jid to, ImmutableArray<MailboxItem> items);

    /// <summary>The reason passes by itself: the same delivery may well succeed in a moment.</summary>
    bool IsPassing(Exception exception);
}
