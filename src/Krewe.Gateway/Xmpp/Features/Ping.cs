// XEP-0199: XMPP Ping, version 2.0.
using Krewe.Protocols.Xmpp.Stanzas;
using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Gateway.Xmpp.Features;

internal sealed class Ping : IXmppFeature
{
    public static readonly XmlName Query = new(new XmlNamespace("urn:xmpp:ping"), "ping");

    public IEnumerable<string> ServerFeatures => [Query.Namespace.Uri];

    public IEnumerable<string> AccountFeatures => [Query.Namespace.Uri];

    public IEnumerable<IqRoute> Routes => [new(StanzaType.Get, Query, IqTarget.Both, static _ => new(IqAnswer.Empty))];
}
