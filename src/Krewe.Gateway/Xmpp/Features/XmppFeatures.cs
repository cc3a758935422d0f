using Krewe.Gateway.Xmpp.Stanzas;
using Krewe.Gateway.Xmpp.Streams;
using Krewe.Protocols.Xmpp;
using Krewe.Protocols.Xmpp.Stanzas;
using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Gateway.Xmpp.Features;

/// <summary>Whom a request is to.</summary>
[Flags]
internal enum IqTarget
{
    /// <summary>The server's domain.</summary>
    Server = 1,
    /// <summary>The user's own account, which is also meant where there is no address.</summary>
    Account = 2,
    Both = Server | Account,
}

/// <summary>A request that came to somebody who is served here.</summary>
/// <param name="Payload">Its one child.</param>
internal sealed record IqRequest(Stanza Stanza, XmlElement Payload, IqTarget Target, XmppSession Session, XmppServer Server);

/// <summary>What a request is answered by: an error, or a result with something in it or nothing.</summary>
internal readonly record struct IqAnswer(StanzaError? Error, Action<XmlWriter>? Content)
{
    public static readonly IqAnswer Empty;

    public static implicit operator IqAnswer(StanzaError error) => new(error, null);

    public static IqAnswer Of(Action<XmlWriter> content) => new(null, content);
}

/// <summary>One kind of request that is served.</summary>
internal sealed record IqRoute(StanzaType Type, XmlName Payload, IqTarget Target, Func<IqRequest, ValueTask<IqAnswer>> HandleAsync);

/// <summary>One extension: a file that says what it serves and what is advertised of it.</summary>
internal interface IXmppFeature
{
    /// <summary>What disco#info of the server lists.</summary>
    IEnumerable<string> ServerFeatures => [];

    /// <summary>What disco#info of the user's own account lists.</summary>
    IEnumerable<string> AccountFeatures => [];

    IEnumerable<IqRoute> Routes => [];

    /// <summary>Writes what the features of a stream after login have of it.</summary>
    void WriteStreamFeature(XmlWriter xml)
    {
    }
}

/// <summary>The table of all extensions that are served, made at start: requests find their way by it, and it is what is advertised.</summary>
internal sealed class XmppFeatures
{
    private readonly IXmppFeature[] _features;
    private readonly IqRoute[] _routes;

    public XmppFeatures(IEnumerable<IXmppFeature> features)
    {
        _features = [.. features];
        _routes = [.. _features.SelectMany(feature => feature.Routes)];
        ServerFeatures = [.. _features.SelectMany(feature => feature.ServerFeatures).Distinct().Order(StringComparer.Ordinal)];
        AccountFeatures = [.. _features.SelectMany(feature => feature.AccountFeatures).Distinct().Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<string> ServerFeatures { get; }

    public IReadOnlyList<string> AccountFeatures { get; }

    public IReadOnlyList<IqRoute> Routes => _routes;

    /// <summary>Writes the features of a stream after login.</summary>
    public void WriteStreamFeatures(XmlWriter xml)
    {
        xml.Start(XmppNames.StreamFeatures);
        ResourceBinding.WriteFeature(xml);
        foreach (var feature in _features) feature.WriteStreamFeature(xml);
        xml.End();
    }

    /// <summary>Answers a request of a user of this server.</summary>
    public async ValueTask<StanzaError?> AnswerAsync(Stanza iq, XmppSession session, XmppServer server)
    {
        // RFC 6120, section 8.2.3: a request has one child.
        XmlElement payload = default;
        var children = 0;
        foreach (var child in iq.Element.Children) (payload, children) = (child, children + 1);
        if (children != 1) return new(StanzaCondition.BadRequest, "A request has one child.");
        // To another user, or to one of their devices: requests between users are not routed.
        if (TargetOf(iq, session, server) is not { } target || FindRoute(iq.Type, payload, target) is not { } route)
            return new(StanzaCondition.ServiceUnavailable);
        var answer = await route.HandleAsync(new IqRequest(iq, payload, target, session, server)).ConfigureAwait(false);
        if (answer.Error is not null) return answer.Error;
        session.Write(xml =>
        {
            xml.Start(XmppNames.Iq).Attribute("type"u8, "result"u8).Optional("id"u8, iq.Id).Optional("from"u8, iq.To?.Text).Attribute("to"u8, session.Address.Text.AsSpan());
            answer.Content?.Invoke(xml);
            xml.End();
        });
        return null;
    }

    private static IqTarget? TargetOf(Stanza iq, XmppSession session, XmppServer server)
    {
        if (iq.To is not { } to || to == session.Owner) return IqTarget.Account;
        return to == server.Address ? IqTarget.Server : null;
    }

    private IqRoute? FindRoute(StanzaType type, XmlElement payload, IqTarget target)
    {
        foreach (var route in _routes)
        {
            if (route.Type == type && route.Target.HasFlag(target) && payload.Is(route.Payload)) return route;
        }
        return null;
    }
}
