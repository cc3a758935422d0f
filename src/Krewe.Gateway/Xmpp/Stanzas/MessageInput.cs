using Krewe.Core.Addresses;
using Krewe.Core.Limits;
using Krewe.Core.Mailboxes;
using Krewe.Protocols.Xmpp;
using Krewe.Protocols.Xmpp.Stanzas;
using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Gateway.Xmpp.Stanzas;

/// <summary>Makes drafts of the mailbox from messages of one XMPP client.</summary>
/// <param name="session">Unique in the cluster.</param>
internal sealed class MessageInput(Jid owner, string session, string domain)
{
    private const int MaxIdCharacters = 128;

    // A UUID without its dashes has 32 characters, a random id of 96 bits in base64 16. Shorter ones are counters, more often than not.
    private const int UniqueIdCharacters = 16;

    /// <summary>The draft, if there is something to keep.</summary>
    public Draft? Read(Stanza message)
    {
        var element = message.Element;
        var body = element.Find(XmppNames.Body);
        if (!body.Exists) return null;
        var id = IdOf(message, out var kept);
        var attributes = new StoredMessage(
            kept,
            message.Type == StanzaType.Chat ? null : Stanza.NameOf(message.Type) ?? "normal",
            element.TryAttribute(XmlNamespace.Xml, "lang"u8, out var language) ? language.ToString() : null);
        var thread = element.Find(XmppNames.Thread);
        return new Draft
        {
            To = (message.To ?? owner).Bare,
            Id = id,
            Body = body.Text,
            Thread = thread.Exists && thread.Text is { Length: > 0 } text ? text : null,
            Extensions = attributes.Encode(element, child => child.Index != body.Index && child.Index != thread.Index && !IsForged(child)),
        };
    }

    /// <summary>The id of the mailbox, by which a repetition is known, and the stanza's own where it is another.</summary>
    /// <remarks>XMPP wants an id to be unique within its stream (RFC 6120, section 8.1.3), the mailbox for ever: two messages of the same id and
    /// content are one. An origin id (XEP-0359) is unique; of other ids, those that are long enough to be random.</remarks>
    private string IdOf(Stanza message, out string? kept)
    {
        var own = message.Id is { Length: > 0 } given ? given : null;
        var origin = message.Element.Find(XmppNames.OriginId).Attribute("id"u8);
        var unique = origin is { Length: > 0 } ? origin : own is { Length: >= UniqueIdCharacters } ? own : null;
        var id = unique is not null && CharacterCount.Of(unique) <= MaxIdCharacters ? unique
            : own is not null && CharacterCount.Of(own) <= MaxIdCharacters - session.Length - 1 ? $"{session}-{own}"
            : Guid.CreateVersion7().ToString("N");
        kept = own == id ? null : own ?? "";
        return id;
    }

    /// <summary>What only a server says of its own archive and clock (XEP-0359, section 6; XEP-0203, section 4).</summary>
    private bool IsForged(XmlElement child)
    {
        var by = child.Is(XmppNames.StanzaId) ? child.Attribute("by"u8) : child.Is(XmppNames.Delay) ? child.Attribute("from"u8) : null;
        return by is not null && (!Jid.TryParse(by, out var address, out _) || address.Domain.SequenceEqual(domain));
    }
}
