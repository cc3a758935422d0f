using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Presence;

namespace Krewe.Core.Contacts;

/// <summary>Who sees whose presence (RFC 6121, section 2.1.2.5).</summary>
[GenerateSerializer, Alias("krewe.Subscription")]
public enum Subscription
{
    None = 0,
    /// <summary>The user sees the contact's presence.</summary>
    To,
    /// <summary>The contact sees the user's presence.</summary>
    From,
    Both,
    /// <summary>Only in events: the contact is gone from the roster.</summary>
    Remove,
}

/// <summary>One entry of a roster as its owner sees it.</summary>
[GenerateSerializer, Immutable, Alias("krewe.Contact")]
public sealed record Contact
{
    [Id(0)] public required Jid Address { get; init; }
    [Id(1)] public string? Name { get; init; }
    [Id(2)] public ImmutableArray<string> Groups { get; init; } = [];
    [Id(3)] public Subscription Subscription { get; init; }

    /// <summary>The contact asks to see the user's presence and waits for an answer.</summary>
    [Id(4)] public bool PendingIn { get; init; }

    /// <summary>The user has asked to see the contact's presence and waits for an answer (XMPP: <c>ask='subscribe'</c>).</summary>
    [Id(5)] public bool PendingOut { get; init; }

    /// <summary>The contact's presence as a whole, where the user may see it.</summary>
    [Id(6)] public PresenceState? Presence { get; init; }

    /// <summary>Only a request of somebody whom the user has not put into the roster (XMPP does not show it there).</summary>
    [Id(7)] public bool Unlisted { get; init; }
}
