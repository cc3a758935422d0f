using System.Globalization;
using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Core.Presence;
using Krewe.Protocols.Xmpp;
using Krewe.Protocols.Xmpp.Stanzas;
using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Gateway.Xmpp.Stanzas;

/// <summary>Items, presence and typing as stanzas.</summary>
internal static class StanzaOutput
{
    // XEP-0335: JSON Containers; XEP-0308: Last Message Correction.
    private static readonly XmlName Json = new(new XmlNamespace("urn:xmpp:json:0"), "json");
    private static readonly XmlName Replace = new(new XmlNamespace("urn:xmpp:message-correct:0"), "replace");

    private static readonly Dictionary<string, XmlName> ChatStates = new[] { "active", "composing", "paused", "inactive", "gone" }
        .ToDictionary(state => state, state => new XmlName(XmppNamespaces.ChatStates, state), StringComparer.Ordinal);

    /// <summary>The chat state that a message bears; null if it bears none.</summary>
    public static string? ChatStateOf(XmlElement message)
    {
        foreach (var child in message.Children)
        {
            if (!child.IsIn(XmppNamespaces.ChatStates)) continue;
            foreach (var (state, name) in ChatStates)
            {
                if (child.Is(name)) return state;
            }
        }
        return null;
    }

    /// <param name="owner">Whose mailbox it is in.</param>
    /// <param name="delayedBy">The server's address, if the message waited for its reader (XEP-0203).</param>
    public static void WriteMessage(XmlWriter xml, MailboxItem item, Jid owner, string? delayedBy)
    {
        var (attributes, payload) = StoredMessage.Decode(item.Extensions);
        var type = attributes.Type ?? "chat";
        xml.Start(XmppNames.Message)
            .Attribute("from"u8, FullAddress(item.From, item.Device)).Attribute("to"u8, item.To.Text.AsSpan());
        if (attributes.Id is not "") xml.Attribute("id"u8, (attributes.Id ?? item.Id).AsSpan());
        if (type != "normal") xml.Attribute("type"u8, type.AsSpan());
        xml.Language(attributes.Language);
        if (item.Body is not null) xml.Leaf(XmppNames.Body, item.Body);
        if (item.Thread is not null) xml.Leaf(XmppNames.Thread, item.Thread);
        if (item.Replaces is not null) xml.Start(Replace).Attribute("id"u8, item.Replaces.AsSpan()).End();
        if (item.Data is not null) xml.Leaf(Json, item.Data);
        xml.Copy(payload);
        Span<char> number = stackalloc char[20];
        item.Seq.TryFormat(number, out var length, provider: CultureInfo.InvariantCulture);
        xml.Start(XmppNames.StanzaId).Attribute("by"u8, owner.Text.AsSpan()).Attribute("id"u8, number[..length]).End();
        if (delayedBy is not null)
            xml.Start(XmppNames.Delay).Attribute("from"u8, delayedBy.AsSpan()).Attribute("stamp"u8, Stamp(item.SentAt)).End();
        xml.End();
    }

    /// <param name="device">Empty: the user as a whole.</param>
    public static void WritePresence(XmlWriter xml, Jid from, string device, PresenceState state, Jid to)
    {
        xml.Start(XmppNames.Presence).Attribute("from"u8, FullAddress(from, device)).Attribute("to"u8, to.Text.AsSpan());
        if (state.Show == Show.Offline) xml.Attribute("type"u8, "unavailable"u8);
        if (NameOf(state.Show) is { } show) xml.Leaf(XmppNames.Show, show);
        if (state.Status is { Length: > 0 }) xml.Leaf(XmppNames.Status, state.Status);
        if (state.Priority != 0) xml.Leaf(XmppNames.Priority, state.Priority.ToString(CultureInfo.InvariantCulture));
        if (!state.Extensions.IsDefaultOrEmpty) xml.Copy(XmlPayload.FromStore(state.Extensions.AsMemory()));
        xml.End();
    }

    public static void WriteTyping(XmlWriter xml, Jid from, string device, string state, Jid to)
    {
        if (!ChatStates.TryGetValue(state, out var name)) return;
        xml.Start(XmppNames.Message).Attribute("from"u8, FullAddress(from, device)).Attribute("to"u8, to.Text.AsSpan()).Attribute("type"u8, "chat"u8)
            .Empty(name).End();
    }

    /// <summary>Answers a stanza with an error; to an error or a result there is no answer (RFC 6120, section 8.3.1).</summary>
    public static void WriteError(XmlWriter xml, XmlName kind, string? id, Jid? from, Jid to, StanzaError error)
    {
        xml.Start(kind).Attribute("type"u8, "error"u8).Optional("id"u8, id).Optional("from"u8, from?.Text).Attribute("to"u8, to.Text.AsSpan());
        error.Write(xml);
        xml.End();
    }

    /// <summary>XEP-0082: UTC, with what precision there is.</summary>
    public static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string FullAddress(Jid user, string? device) => string.IsNullOrEmpty(device) ? user.Text : $"{user.Text}/{device}";

    private static string? NameOf(Show show) => show switch
    {
        Show.Away => "away",
        Show.Xa => "xa",
        Show.Dnd => "dnd",
        Show.Chat => "chat",
        _ => null,
    };
}
