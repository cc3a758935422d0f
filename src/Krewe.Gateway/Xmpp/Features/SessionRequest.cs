// RFC 3921, section 3, which RFC 6121 has dropped: clients of its time ask for a session after binding.
using Krewe.Protocols.Xmpp.Stanzas;
using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Gateway.Xmpp.Features;

internal sealed class SessionRequest : IXmppFeature
{
    private static readonly XmlNamespace Namespace = new("urn:ietf:params:xml:ns:xmpp-session");
    private static readonly XmlName Session = new(Namespace, "session");
    private static readonly XmlName Optional = new(Namespace, "optional");

    public IEnumerable<IqRoute> Routes => [new(StanzaType.Set, Session, IqTarget.Both, static _ => new(IqAnswer.Empty))];

    public void WriteStreamFeature(XmlWriter xml) => xml.Start(Session).Empty(Optional).End();
}
