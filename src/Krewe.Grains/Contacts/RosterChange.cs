using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Core.Presence;

namespace Krewe.Grains.Contacts;

/// <summary>How one contact looked before and after; null: it was not, or is no longer, in the roster.</summary>
internal readonly record struct RosterChange(Jid Address, RosterEntry? Before, RosterEntry? After)
{
    /// <summary>The contact's presence is no longer the user's to see.</summary>
    public bool LostSight => Before?.State.SeesContact() == true && After?.State.SeesContact() != true;

    /// <summary>What the user's sessions are told; null if there is nothing to see of it.</summary>
    public Contact? Announcement(PresenceState? presence)
    {
        if (After is { Visible: true }) return Before == After ? null : After.AsContact(presence);
        return Before is { Visible: true } ? new Contact { Address = Address, Subscription = Subscription.Remove } : null;
    }
}
