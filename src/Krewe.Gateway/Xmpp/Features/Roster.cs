// RFC 6121, section 2: Managing the Roster.
using Krewe.Core.Contacts;
using Krewe.Gateway.Xmpp.Stanzas;
using Krewe.Protocols.Xmpp;
using Krewe.Protocols.Xmpp.Stanzas;
using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Gateway.Xmpp.Features;

internal sealed class Roster : IXmppFeature
{
    private static readonly XmlNamespace Namespace = new("jabber:iq:roster");
    private static readonly XmlName Query = new(Namespace, "query");
    private static readonly XmlName Item = new(Namespace, "item");
    private static readonly XmlName Group = new(Namespace, "group");

    public IEnumerable<string> AccountFeatures => [Namespace.Uri];

    public IEnumerable<IqRoute> Routes => [new(StanzaType.Get, Query, IqTarget.Account, GetAsync)];

    /// <summary>Tells a client of a contact that changed: a push to who has asked for the roster, and requests to be answered.</summary>
    public static void WriteChange(XmppSession session, Contact contact)
    {
        if (session.WantsRoster && !contact.Unlisted)
        {
            session.Write(xml =>
            {
                xml.Start(XmppNames.Iq).Attribute("type"u8, "set"u8).Attribute("id"u8, $"push-{Guid.CreateVersion7():N}".AsSpan()).Attribute("to"u8, session.Address.Text.AsSpan());
                xml.Start(Query);
                WriteItem(xml, contact);
                xml.End().End();
            });
        }
        if (contact.PendingIn) WriteRequest(session, contact);
    }

    /// <summary>Shows a client the requests that wait for an answer (RFC 6121, section 3.1.3).</summary>
    public static async Task WriteRequestsAsync(XmppSession session, XmppServer server)
    {
        var outcome = await server.Users.ReadAsync(session.Owner, user => user.Roster.GetContactsAsync(), CancellationToken.None).ConfigureAwait(false);
        if (!outcome.TryGet(out var contacts, out _)) return;
        foreach (var contact in contacts)
        {
            if (contact.PendingIn) WriteRequest(session, contact);
        }
    }

    private static async ValueTask<IqAnswer> GetAsync(IqRequest request)
    {
        var session = request.Session;
        var outcome = await request.Server.Users.ReadAsync(session.Owner, user => user.Roster.GetContactsAsync(), CancellationToken.None).ConfigureAwait(false);
        if (!outcome.TryGet(out var contacts, out var fault)) return StanzaFaults.ErrorOf(fault);
        session.WantsRoster = true;
        return IqAnswer.Of(xml =>
        {
            xml.Start(Query);
            foreach (var contact in contacts)
            {
                if (!contact.Unlisted) WriteItem(xml, contact);
            }
            xml.End();
        });
    }

    private static void WriteItem(XmlWriter xml, Contact contact)
    {
        xml.Start(Item).Attribute("jid"u8, contact.Address.Text.AsSpan()).Optional("name"u8, contact.Name).Attribute("subscription"u8, NameOf(contact.Subscription));
        if (contact.PendingOut) xml.Attribute("ask"u8, "subscribe"u8);
        foreach (var group in contact.Groups) xml.Leaf(Group, group);
        xml.End();
    }

    private static void WriteRequest(XmppSession session, Contact contact) => session.Write(xml => xml.Start(XmppNames.Presence)
        .Attribute("type"u8, "subscribe"u8).Attribute("from"u8, contact.Address.Text.AsSpan()).Attribute("to"u8, session.Owner.Text.AsSpan()).End());

    private static ReadOnlySpan<byte> NameOf(Subscription subscription) => subscription switch
    {
        Subscription.To => "to"u8,
        Subscription.From => "from"u8,
        Subscription.Both => "both"u8,
        Subscription.Remove => "remove"u8,
        _ => "none"u8,
    };
}
