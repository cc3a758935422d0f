using Krewe.Core.Contacts;

namespace Krewe.Grains.Contacts;

/// <summary>The nine states of a subscription as its owner's server keeps them (RFC 6121, appendix A.1). Numbers are stored and never change.</summary>
[GenerateSerializer, Alias("krewe.SubscriptionState")]
internal enum SubscriptionState
{
    None = 0,
    NonePendingOut = 1,
    NonePendingIn = 2,
    NonePendingOutIn = 3,
    To = 4,
    ToPendingIn = 5,
    From = 6,
    FromPendingOut = 7,
    Both = 8,
}

internal static class SubscriptionStates
{
    /// <summary>The user may see the contact's presence.</summary>
    public static bool SeesContact(this SubscriptionState state) =>
        state is SubscriptionState.To or SubscriptionState.ToPendingIn or SubscriptionState.Both;

    /// <summary>The contact may see the user's presence.</summary>
    public static bool SeenByContact(this SubscriptionState state) =>
        state is SubscriptionState.From or SubscriptionState.FromPendingOut or SubscriptionState.Both;

    public static bool IsPendingIn(this SubscriptionState state) =>
        state is SubscriptionState.NonePendingIn or SubscriptionState.NonePendingOutIn or SubscriptionState.ToPendingIn;

    public static bool IsPendingOut(this SubscriptionState state) =>
        state is SubscriptionState.NonePendingOut or SubscriptionState.NonePendingOutIn or SubscriptionState.FromPendingOut;

    public static Subscription AsSubscription(this SubscriptionState state) => (state.SeesContact(), state.SeenByContact()) switch
    {
        (true, true) => Subscription.Both,
        (true, false) => Subscription.To,
        (false, true) => Subscription.From,
        (false, false) => Subscription.None,
    };
}
