namespace Krewe.Core.Contacts;

/// <summary>The four presence types that manage subscriptions (RFC 6121, section 3).</summary>
[GenerateSerializer, Alias("krewe.SubscriptionStanza")]
public enum SubscriptionStanza
{
    Subscribe = 1,
    Subscribed,
    Unsubscribe,
    Unsubscribed,
}
