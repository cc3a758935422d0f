using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Core.Users;

namespace Krewe.Grains.Delivery;

/// <summary>Delivers by grain call. What fails with a silo that died, or a grain that moves, passes.</summary>
internal sealed class GrainCourier(UserGrains grains) : ICourier
{
    public ValueTask<ImmutableArray<Outcome<Delivered>>> DeliverAsync(Jid to, ImmutableArray<MailboxItem> items) =>
        grains.Get<IMailboxGrain>(to).DeliverAsync(items);

    // The last: a message that has waited too long for its grain to be placed.
    public bool IsPassing(Exception exception) =>
        exception is OrleansMessageRejectionException or SiloUnavailableException or TimeoutException or OperationCanceledException;
}
