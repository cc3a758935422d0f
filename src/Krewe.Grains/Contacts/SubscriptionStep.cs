using Krewe.Core.Contacts;

namespace Krewe.Grains.Contacts;

/// <summary>What one subscription stanza does in one state.</summary>
/// <param name="Next">The state after it.</param>
/// <param name="Passes">Outbound: it is routed to the contact. Inbound: the user gets to know of it.</param>
/// <param name="Reply">What the server answers in the user's name.</param>
internal readonly record struct SubscriptionStep(SubscriptionState Next, bool Passes, SubscriptionStanza? Reply = null);
