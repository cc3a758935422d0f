// RFC 6120, section 7: Resource Binding.
using System.Security.Cryptography;
using Krewe.Core.Accounts;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Xmpp.Stanzas;
using Krewe.Protocols.Json;
using Krewe.Protocols.Xmpp;
using Krewe.Protocols.Xmpp.Sasl;
using Krewe.Protocols.Xmpp.Stanzas;
using Krewe.Protocols.Xmpp.Streams;
using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Gateway.Xmpp.Streams;

/// <summary>Gives a stream its resource, which is the user's device, and with it a session.</summary>
internal static class ResourceBinding
{
    private static readonly XmlName Bind = new(XmppNamespaces.Bind, "bind");
    private static readonly XmlName Resource = new(XmppNamespaces.Bind, "resource");
    private static readonly XmlName FullAddress = new(XmppNamespaces.Bind, "jid");

    /// <param name="Refused">The stream ends.</param>
    /// <param name="Answer">Goes to the client.</param>
    /// <param name="Session">Set when the resource is bound.</param>
    internal readonly record struct Outcome(StreamError? Refused, Action<XmlWriter>? Answer, XmppSession? Session);

    public static void WriteFeature(XmlWriter xml) => xml.Empty(Bind);

    public static async ValueTask<Outcome> BindAsync(XmlElement element, SaslIdentity identity, XmppStream stream, XmppServer server, CancellationToken cancellationToken)
    {
        var sound = Stanza.TryRead(element, out var stanza, out var error);
        if (!sound && error is null) return new(new(StreamCondition.UnsupportedStanzaType, "A stanza is a message, a presence or an iq."), null, null);
        var bind = element.Find(Bind);
        if (stanza.Kind != StanzaKind.Iq || !bind.Exists) return new(new(StreamCondition.NotAuthorized, "A client binds a resource first."), null, null);
        if (!sound || stanza.Type != StanzaType.Set) return Error(stanza, error ?? new(StanzaCondition.BadRequest, "Binding is a set."));
        var wanted = bind.Find(Resource).Text;
        var resource = wanted.Length > 0 ? wanted : identity.Token?.Device ?? MakeUp();
        if (!DeviceName.TryParse(resource, "resource", out var device, out var fault)) return Error(stanza, StanzaFaults.ErrorOf(fault));

        var entered = await server.Admission.EnterAsync(cancellationToken).ConfigureAwait(false);
        if (!entered.TryGet(out var turn, out fault)) return Error(stanza, StanzaFaults.ErrorOf(fault));
        using var whatever = turn;
        var token = identity.Token is { } own ? own with { Device = device } : new TokenInfo($"xmpp-{Guid.CreateVersion7():N}", device, DateTimeOffset.MaxValue);
        var session = new XmppSession(new Caller(identity.Address, token), stream, server);
        var begun = await server.Parts.Registry.OpenAsync(session, cancellationToken).ConfigureAwait(false);
        if (!begun.TryGet(out var opened, out fault)) return Error(stanza, StanzaFaults.ErrorOf(fault));
        session.Opened(opened);
        var id = stanza.Id;
        return new(null, xml => xml.Start(XmppNames.Iq).Attribute("type"u8, "result"u8).Optional("id"u8, id)
            .Start(Bind).Leaf(FullAddress, session.Address.Text).End().End(), session);
    }

    private static Outcome Error(Stanza stanza, StanzaError error)
    {
        var id = stanza.Id;
        return new(null, xml =>
        {
            xml.Start(XmppNames.Iq).Attribute("type"u8, "error"u8).Optional("id"u8, id);
            error.Write(xml);
            xml.End();
        }, null);
    }

    private static string MakeUp() => "xmpp-" + RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 10);
}
