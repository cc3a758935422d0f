// RFC 6121, appendix A: Subscription States.
using System.Collections.Frozen;
using Krewe.Core.Contacts;
using static Krewe.Core.Contacts.SubscriptionStanza;
using static Krewe.Grains.Contacts.SubscriptionState;

namespace Krewe.Grains.Contacts;

/// <summary>What each subscription stanza does in each state. Pre-approval (section 3.4, optional) is not offered.</summary>
internal static class SubscriptionTable
{
    // Each row has the new state for None, NonePendingOut, NonePendingIn, NonePendingOutIn, To, ToPendingIn, From, FromPendingOut, Both.
    // A null means that the stanza stops here and changes nothing.
    private static readonly FrozenDictionary<SubscriptionStanza, SubscriptionState?[]> OutboundRows = new Dictionary<SubscriptionStanza, SubscriptionState?[]>
    {
        // A.2.1: always routed, so that asking again heals whatever the contact's side has lost.
        [Subscribe] = [NonePendingOut, NonePendingOut, NonePendingOutIn, NonePendingOutIn, To, ToPendingIn, FromPendingOut, FromPendingOut, Both],
        // A.2.2
        [Unsubscribe] = [None, None, NonePendingIn, NonePendingIn, None, NonePendingIn, From, From, From],
        // A.2.3
        [Subscribed] = [null, null, From, FromPendingOut, null, Both, null, null, null],
        // A.2.4
        [Unsubscribed] = [null, null, None, NonePendingOut, null, To, None, NonePendingOut, To],
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<SubscriptionStanza, SubscriptionState?[]> InboundRows = new Dictionary<SubscriptionStanza, SubscriptionState?[]>
    {
        // A.3.1
        [Subscribe] = [NonePendingIn, NonePendingOutIn, null, null, ToPendingIn, null, null, null, null],
        // A.3.2
        [Unsubscribe] = [null, null, None, NonePendingOut, null, To, None, NonePendingOut, To],
        // A.3.3
        [Subscribed] = [null, To, null, ToPendingIn, null, null, null, Both, null],
        // A.3.4
        [Unsubscribed] = [null, None, null, NonePendingIn, None, NonePendingIn, null, From, From],
    }.ToFrozenDictionary();

    /// <summary>The user sends the stanza.</summary>
    public static SubscriptionStep Outbound(SubscriptionState state, SubscriptionStanza stanza) =>
        OutboundRows[stanza][(int)state] is { } next ? new(next, Passes: true) : new(state, Passes: false);

    /// <summary>The contact has sent the stanza.</summary>
    public static SubscriptionStep Inbound(SubscriptionState state, SubscriptionStanza stanza)
    {
        if (InboundRows[stanza][(int)state] is { } next) return new(next, Passes: true);
        // A.3.1, note 2: who may see the presence already and asks again gets the answer from the server.
        var granted = stanza == Subscribe && state.SeenByContact();
        return new(state, Passes: false, granted ? Subscribed : null);
    }
}
