using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Protocols.Xmpp;

/// <summary>The namespaces of RFC 6120, RFC 6121 and RFC 7395, and of the extensions that several parts know.</summary>
public static class XmppNamespaces
{
    public static readonly XmlNamespace Client = new("jabber:client");
    public static readonly XmlNamespace Streams = new("http://etherx.jabber.org/streams");
    public static readonly XmlNamespace StreamErrors = new("urn:ietf:params:xml:ns:xmpp-streams");
    public static readonly XmlNamespace StanzaErrors = new("urn:ietf:params:xml:ns:xmpp-stanzas");
    public static readonly XmlNamespace Tls = new("urn:ietf:params:xml:ns:xmpp-tls");
    public static readonly XmlNamespace Sasl = new("urn:ietf:params:xml:ns:xmpp-sasl");
    public static readonly XmlNamespace Bind = new("urn:ietf:params:xml:ns:xmpp-bind");
    public static readonly XmlNamespace Framing = new("urn:ietf:params:xml:ns:xmpp-framing");
    public static readonly XmlNamespace ChatStates = new("http://jabber.org/protocol/chatstates");
    public static readonly XmlNamespace StanzaIds = new("urn:xmpp:sid:0");
    public static readonly XmlNamespace Delay = new("urn:xmpp:delay");

    /// <summary>What this server alone writes and reads, and only into its own store.</summary>
    public static readonly XmlNamespace Stored = new("urn:krewe:stored:0");
}

/// <summary>The names of elements that several parts know.</summary>
public static class XmppNames
{
    public static readonly XmlName Message = new(XmppNamespaces.Client, "message");
    public static readonly XmlName Presence = new(XmppNamespaces.Client, "presence");
    public static readonly XmlName Iq = new(XmppNamespaces.Client, "iq");
    public static readonly XmlName Error = new(XmppNamespaces.Client, "error");
    public static readonly XmlName Body = new(XmppNamespaces.Client, "body");
    public static readonly XmlName Thread = new(XmppNamespaces.Client, "thread");
    public static readonly XmlName Subject = new(XmppNamespaces.Client, "subject");
    public static readonly XmlName Show = new(XmppNamespaces.Client, "show");
    public static readonly XmlName Status = new(XmppNamespaces.Client, "status");
    public static readonly XmlName Priority = new(XmppNamespaces.Client, "priority");

    public static readonly XmlName Stream = new(XmppNamespaces.Streams, "stream", "stream");
    public static readonly XmlName StreamFeatures = new(XmppNamespaces.Streams, "features", "stream");
    public static readonly XmlName StreamError = new(XmppNamespaces.Streams, "error", "stream");
    public static readonly XmlName StreamErrorText = new(XmppNamespaces.StreamErrors, "text");
    public static readonly XmlName StanzaErrorText = new(XmppNamespaces.StanzaErrors, "text");

    public static readonly XmlName Open = new(XmppNamespaces.Framing, "open");
    public static readonly XmlName Close = new(XmppNamespaces.Framing, "close");

    public static readonly XmlName StanzaId = new(XmppNamespaces.StanzaIds, "stanza-id");
    public static readonly XmlName OriginId = new(XmppNamespaces.StanzaIds, "origin-id");
    public static readonly XmlName Delay = new(XmppNamespaces.Delay, "delay");
}
