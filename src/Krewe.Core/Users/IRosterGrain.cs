using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Core.Errors;

namespace Krewe.Core.Users;

/// <summary>A user's contacts and blocks.</summary>
[Alias("krewe.IRosterGrain")]
public interface IRosterGrain : IGrainWithStringKey
{
    [Alias("GetContacts")]
    ValueTask<ImmutableArray<Contact>> GetContactsAsync();

    /// <summary>Stores name and groups only (XMPP: roster set).</summary>
    [Alias("SetContact")]
    ValueTask<Outcome<Done>> SetContactAsync(Jid address, string? name, ImmutableArray<string> groups);

    /// <summary>Stores name and groups and asks for the peer's presence, as the native API does in one call.
    /// <see cref="FaultCode.NotFound"/> if the peer is unknown or blocks this user.</summary>
    [Alias("AddContact")]
    ValueTask<Outcome<Done>> AddContactAsync(Jid address, string? name, ImmutableArray<string> groups);

    /// <summary>Ends both directions and forgets the contact. <see cref="FaultCode.NotFound"/> if there is none.</summary>
    [Alias("RemoveContact")]
    ValueTask<Outcome<Done>> RemoveContactAsync(Jid address);

    /// <summary>The user sends one of the subscription stanzas (RFC 6121, section 3, outbound).
    /// Approving or denying where nothing is pending: <see cref="FaultCode.NotFound"/>.</summary>
    [Alias("SendSubscription")]
    ValueTask<Outcome<Done>> SendSubscriptionAsync(Jid peer, SubscriptionStanza stanza);

    /// <summary>Ends a subscription that the user had granted (RFC 6121, section 3.2). <see cref="FaultCode.NotFound"/> if the peer has none.</summary>
    [Alias("CancelSubscription")]
    ValueTask<Outcome<Done>> CancelSubscriptionAsync(Jid peer);

    /// <summary>From grain to grain: a peer's subscription stanza (RFC 6121, section 3, inbound). Subscribing to an unknown or blocking user: not found.</summary>
    [Alias("ReceiveSubscription")]
    ValueTask<Outcome<Done>> ReceiveSubscriptionAsync(Jid from, SubscriptionStanza stanza);

    [Alias("GetBlocks")]
    ValueTask<ImmutableArray<Jid>> GetBlocksAsync();

    [Alias("Block")]
    ValueTask<Outcome<Done>> BlockAsync(Jid address);

    /// <summary>Idempotent.</summary>
    [Alias("Unblock")]
    ValueTask<Outcome<Done>> UnblockAsync(Jid address);

    /// <summary>The mutes that hold now.</summary>
    [Alias("GetMutes")]
    ValueTask<ImmutableArray<Mute>> GetMutesAsync();

    /// <summary>What this person sends wakes no device; in place of an earlier mute.</summary>
    [Alias("Mute")]
    ValueTask<Outcome<Done>> MuteAsync(Mute mute);

    /// <summary>Idempotent.</summary>
    [Alias("Unmute")]
    ValueTask<Outcome<Done>> UnmuteAsync(Jid address);
}
