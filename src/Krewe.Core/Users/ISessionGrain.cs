using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Presence;

namespace Krewe.Core.Users;

/// <summary>A user's live sessions and presence.</summary>
[Alias("krewe.ISessionGrain")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Registers a session: from the answer on, new items and the wanted events go to its gateway's stream. The same session id again renews it.
    /// Nothing is lost between <see cref="SessionOpened.Last"/> and the first event.</summary>
    [Alias("OpenSession")]
    ValueTask<Outcome<SessionOpened>> OpenSessionAsync(SessionInfo session);

    /// <summary>Ends a session at once. Unknown ids are passed over.</summary>
    [Alias("CloseSession")]
    ValueTask CloseSessionAsync(string sessionId);

    /// <summary>A device says how available it is; goes to everybody who may see it.</summary>
    [Alias("SetPresence")]
    ValueTask<Outcome<Done>> SetPresenceAsync(string device, PresenceState presence);

    /// <summary>Tells a peer that this user is typing; passes silently if the peer may not see this user's presence.</summary>
    [Alias("Typing")]
    ValueTask<Outcome<Done>> TypingAsync(string device, Jid peer, string state);

    /// <summary>From grain to grain: a contact's presence, or a request for one's own.</summary>
    [Alias("ReceivePresence")]
    ValueTask ReceivePresenceAsync(PresenceChange change);

    /// <summary>From grain to grain: asks for this user's presence, on behalf of somebody who may see it; answered by <see cref="ReceivePresenceAsync"/>.</summary>
    [Alias("Probe")]
    ValueTask ProbeAsync(Jid from);

    /// <summary>From grain to grain: a contact is typing.</summary>
    [Alias("ReceiveTyping")]
    ValueTask ReceiveTypingAsync(Jid from, string device, string state);

    /// <summary>A silo died or restarted: the sessions that it held are gone, and the presence of contacts whose grains it held must be asked for anew.</summary>
    [Alias("GatewayLost")]
    ValueTask GatewayLostAsync(SiloAddress gateway);
}
