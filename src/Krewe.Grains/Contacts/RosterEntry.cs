using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Core.Presence;

namespace Krewe.Grains.Contacts;

/// <summary>What is kept of one contact.</summary>
[GenerateSerializer, Immutable, Alias("krewe.RosterEntry")]
internal sealed record RosterEntry
{
    [Id(0)] public required Jid Address { get; init; }
    [Id(1)] public string? Name { get; init; }
    [Id(2)] public ImmutableArray<string> Groups { get; init; } = [];
    [Id(3)] public SubscriptionState State { get; init; }

    /// <summary>The user put it into the roster; false: it is there only because the contact asked.</summary>
    [Id(4)] public bool Listed { get; init; }

    /// <summary>Asked for, and the contact's side has not said yet that it exists: the user does not see the entry until then.</summary>
    [Id(5)] public bool Unconfirmed { get; init; }

    /// <summary>There is something to show: a contact of the user's own, or a request that waits.</summary>
    public bool Visible => (Listed && !Unconfirmed) || State.IsPendingIn();

    public Contact AsContact(PresenceState? presence) => new()
    {
        Address = Address,
        Name = Name,
        Groups = Groups,
        Subscription = State.AsSubscription(),
        PendingIn = State.IsPendingIn(),
        PendingOut = State.IsPendingOut() && !Unconfirmed,
        Presence = State.SeesContact() ? presence : null,
        Unlisted = !Listed || Unconfirmed,
    };
}
