using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Api;
using Krewe.Gateway.Sessions;
using Krewe.Gateway.Xmpp.Features;
using Krewe.Protocols.Xmpp;
using Krewe.Protocols.Xmpp.Stanzas;
using Krewe.Protocols.Xmpp.Streams;
using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Gateway.Xmpp.Stanzas;

/// <summary>What a client's stanzas do. The next is read when this one is done with, or on its way.</summary>
internal sealed class StanzaInput(Caller caller, XmppSession session, XmppServer server)
{
    private readonly SendLane<MessageReference> _sends = new(caller, server.Users, session);
    private readonly MessageInput _messages = new(caller.Address, session.Id, server.Domain);

    public Task WhenAnsweredAsync() => _sends.WhenIdleAsync();

    public async ValueTask<StreamError?> TakeAsync(XmlElement element)
    {
        if (!Stanza.TryRead(element, out var stanza, out var error))
        {
            if (error is null) return new(StreamCondition.UnsupportedStanzaType, "A stanza is a message, a presence or an iq.");
            if (!stanza.IsReply) session.Refuse(NameOf(stanza.Kind), stanza.Id, stanza.To, error);
            return null;
        }
        // RFC 6120, section 8.1.2.1: a client may say who it is, and nobody else.
        if (stanza.From is { } from && from != session.Address && from != session.Owner)
            return new(StreamCondition.InvalidFrom, "A client speaks for itself alone.");
        switch (stanza.Kind)
        {
            case StanzaKind.Message: await OnMessageAsync(stanza).ConfigureAwait(false); break;
            case StanzaKind.Presence: await OnPresenceAsync(stanza).ConfigureAwait(false); break;
            default: await OnIqAsync(stanza).ConfigureAwait(false); break;
        }
        return null;
    }

    private static XmlName NameOf(StanzaKind kind) => kind switch
    {
        StanzaKind.Message => XmppNames.Message,
        StanzaKind.Presence => XmppNames.Presence,
        _ => XmppNames.Iq,
    };

    private Task OnMessageAsync(Stanza message)
    {
        if (message.Type == StanzaType.Error) return Task.CompletedTask;
        if (ErrorOfAddress(message.To ?? session.Owner, forUsers: true) is { } error || message.Type is StanzaType.Groupchat or StanzaType.Headline)
        {
            session.Refuse(XmppNames.Message, message.Id, message.To, ErrorOfAddress(message.To ?? session.Owner, forUsers: true) ?? Unserved);
            return Task.CompletedTask;
        }
        if (_messages.Read(message) is { } draft) return _sends.AddAsync(new(message.Id, message.To), draft);
        return message.To is { } to && StanzaOutput.ChatStateOf(message.Element) is { } state
            ? CallAsync(message, user => user.Sessions.TypingAsync(caller.Device, to.Bare, state))
            : Task.CompletedTask;
    }

    private async Task OnPresenceAsync(Stanza presence)
    {
        if (presence.Type is StanzaType.Error or StanzaType.Probe) return;
        if (PresenceInput.SubscriptionOf(presence.Type) is { } subscription)
        {
            if (presence.To is not { } contact || ErrorOfAddress(contact, forUsers: true) is { } error)
                session.Refuse(XmppNames.Presence, presence.Id, presence.To, presence.To is { } to ? ErrorOfAddress(to, forUsers: true)! : new(StanzaCondition.BadRequest));
            else await CallAsync(presence, user => user.Roster.SendSubscriptionAsync(contact.Bare, subscription), passOver: FaultCode.NotFound).ConfigureAwait(false);
            return;
        }
        // Directed presence reaches those alone who may see the user's anyway, by the broadcast.
        if (presence.To is not null) return;
        if (!PresenceInput.TryRead(presence, out var state, out var wrong))
        {
            session.Refuse(XmppNames.Presence, presence.Id, null, wrong!);
            return;
        }
        await CallAsync(presence, user => user.Sessions.SetPresenceAsync(caller.Device, state)).ConfigureAwait(false);
        if (presence.Type == StanzaType.Available && session.BecomeAvailable()) await Roster.WriteRequestsAsync(session, server).ConfigureAwait(false);
    }

    private async ValueTask OnIqAsync(Stanza iq)
    {
        if (iq.IsReply)
        {
            session.Proof.Take(iq.Id);
            return;
        }
        var error = ErrorOfAddress(iq.To ?? session.Owner, forUsers: false)
            ?? await server.Features.AnswerAsync(iq, session, server).ConfigureAwait(false);
        if (error is not null) session.Refuse(XmppNames.Iq, iq.Id, iq.To, error);
    }

    /// <summary>Is there nobody here with this address?</summary>
    private StanzaError? ErrorOfAddress(Jid address, bool forUsers)
    {
        if (!address.Domain.SequenceEqual(server.Domain)) return new(StanzaCondition.RemoteServerNotFound, "No other domain is connected.");
        return forUsers && address.Local.IsEmpty ? Unserved : null;
    }

    private static StanzaError Unserved => new(StanzaCondition.ServiceUnavailable);

    /// <summary>Calls the user's grain, which makes the client wait with its next stanza; only a refusal is told.</summary>
    private async Task CallAsync(Stanza stanza, Func<Users.User, ValueTask<Outcome<Done>>> call, FaultCode? passOver = null)
    {
        var (kind, id, to) = (NameOf(stanza.Kind), stanza.Id, stanza.To);
        var outcome = await server.Users.CallAsync(caller.Address, call, CancellationToken.None).ConfigureAwait(false);
        if (outcome.Fault is { } fault && fault.Code != passOver) session.Refuse(kind, id, to, StanzaFaults.ErrorOf(fault));
    }
}
