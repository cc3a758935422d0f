// XEP-0030: Service Discovery, version 2.5.0.
using Krewe.Protocols.Xmpp.Stanzas;
using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Gateway.Xmpp.Features;

internal sealed class Discovery : IXmppFeature
{
    private static readonly XmlNamespace Info = new("http://jabber.org/protocol/disco#info");
    private static readonly XmlNamespace Items = new("http://jabber.org/protocol/disco#items");
    private static readonly XmlName InfoQuery = new(Info, "query");
    private static readonly XmlName Identity = new(Info, "identity");
    private static readonly XmlName Feature = new(Info, "feature");
    private static readonly XmlName ItemsQuery = new(Items, "query");

    public IEnumerable<string> ServerFeatures => [Info.Uri, Items.Uri];

    public IEnumerable<string> AccountFeatures => [Info.Uri, Items.Uri];

    public IEnumerable<IqRoute> Routes =>
    [
        new(StanzaType.Get, InfoQuery, IqTarget.Both, static request => new(AnswerInfo(request))),
        new(StanzaType.Get, ItemsQuery, IqTarget.Both, static request => new(HasNode(request) ? NoNode : IqAnswer.Of(static xml => xml.Empty(ItemsQuery)))),
    ];

    private static IqAnswer AnswerInfo(IqRequest request)
    {
        if (HasNode(request)) return NoNode;
        var server = request.Target == IqTarget.Server;
        var features = server ? request.Server.Features.ServerFeatures : request.Server.Features.AccountFeatures;
        return IqAnswer.Of(xml =>
        {
            xml.Start(InfoQuery).Start(Identity);
            if (server) xml.Attribute("category"u8, "server"u8).Attribute("type"u8, "im"u8).Attribute("name"u8, "Krewe"u8);
            else xml.Attribute("category"u8, "account"u8).Attribute("type"u8, "registered"u8);
            xml.End();
            foreach (var feature in features) xml.Start(Feature).Attribute("var"u8, feature.AsSpan()).End();
            xml.End();
        });
    }

    private static IqAnswer NoNode => new StanzaError(StanzaCondition.ItemNotFound);

    private static bool HasNode(IqRequest request) => request.Payload.TryAttribute("node"u8, out _);
}
