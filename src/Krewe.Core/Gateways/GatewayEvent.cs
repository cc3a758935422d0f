using Krewe.Core.Addresses;
using Krewe.Core.Connections;
using Krewe.Core.Contacts;
using Krewe.Core.Mailboxes;
using Krewe.Core.Presence;

namespace Krewe.Core.Gateways;

/// <summary>What travels on a gateway stream: a hint for the sessions of one user on one gateway. It may be lost, repeated or late without harm.</summary>
/// <param name="Owner">The user whose sessions it is for.</param>
[GenerateSerializer, Immutable, Alias("krewe.GatewayEvent")]
public abstract record GatewayEvent([property: Id(0)] Jid Owner)
{
    /// <summary>The one session that it is for; null: all of the user's sessions on the gateway that want this kind.</summary>
    [Id(1)] public string? SessionId { get; init; }
}

/// <summary>A new item, durable by now.</summary>
[GenerateSerializer, Immutable, Alias("krewe.ItemEvent")]
public sealed record ItemEvent(Jid Owner, [property: Id(0)] MailboxItem Item) : GatewayEvent(Owner);

/// <summary>A contact's presence, or that of one of the user's own devices.</summary>
[GenerateSerializer, Immutable, Alias("krewe.PresenceEvent")]
public sealed record PresenceEvent(Jid Owner, [property: Id(0)] PresenceChange Change) : GatewayEvent(Owner)
{
    /// <summary>False: one device changed and the person as a whole looks as before; only for sessions that want <see cref="Users.SessionWants.Devices"/>.</summary>
    [Id(1)] public bool OverallChanged { get; init; } = true;
}

/// <summary>A contact is typing, or stopped.</summary>
[GenerateSerializer, Immutable, Alias("krewe.TypingEvent")]
public sealed record TypingEvent(Jid Owner, [property: Id(0)] Jid From, [property: Id(1)] string Device, [property: Id(2)] string State) : GatewayEvent(Owner);

/// <summary>A roster entry changed; <see cref="Subscription.Remove"/> says that it is gone.</summary>
[GenerateSerializer, Immutable, Alias("krewe.ContactEvent")]
public sealed record ContactEvent(Jid Owner, [property: Id(0)] Contact Contact) : GatewayEvent(Owner);

/// <summary>Close the user's sessions: those opened with one token, or all of them.</summary>
[GenerateSerializer, Immutable, Alias("krewe.CloseEvent")]
public sealed record CloseEvent(Jid Owner, [property: Id(0)] string? TokenId, [property: Id(1)] CloseReason Reason) : GatewayEvent(Owner);

/// <summary>The user's grain has left its silo: register the sessions again and read what came after their cursors.</summary>
[GenerateSerializer, Immutable, Alias("krewe.RegisterAgainEvent")]
public sealed record RegisterAgainEvent(Jid Owner) : GatewayEvent(Owner);
