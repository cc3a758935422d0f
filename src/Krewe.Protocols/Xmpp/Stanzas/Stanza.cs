using System.Diagnostics.CodeAnalysis;
using Krewe.Core.Addresses;
using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Protocols.Xmpp.Stanzas;

/// <summary>The three kinds of stanza (RFC 6120, section 8).</summary>
public enum StanzaKind
{
    Message,
    Presence,
    Iq,
}

/// <summary>A stanza's types, of all three kinds (RFC 6120, section 8.2.3; RFC 6121, sections 4.7.1 and 5.2.2).</summary>
public enum StanzaType
{
    /// <summary>A presence that says that its sender is available; no type in XML.</summary>
    Available,
    Normal,
    Chat,
    Groupchat,
    Headline,
    Error,
    Get,
    Set,
    Result,
    Unavailable,
    Subscribe,
    Subscribed,
    Unsubscribe,
    Unsubscribed,
    Probe,
}

/// <summary>A stanza with its attributes read; what is in it is read by who handles it. As short-lived as its element.</summary>
/// <param name="To">As the client wrote it, in canonical form; null: none.</param>
/// <param name="From">Likewise. Nobody believes it: the server stamps who sends.</param>
[SuppressMessage("Performance", "CA1815", Justification = "Not compared.")]
public readonly record struct Stanza(StanzaKind Kind, StanzaType Type, Jid? To, Jid? From, string? Id, XmlElement Element)
{
    /// <summary>Is it an answer, to which nobody answers?</summary>
    public bool IsReply => Type is StanzaType.Error or StanzaType.Result;

    /// <summary>Reads the attributes.</summary>
    /// <param name="stanza">With an error too, as far as it can be read, so that it can be answered.</param>
    /// <returns>False if it is no stanza at all, or one with an <paramref name="error"/>.</returns>
    public static bool TryRead(XmlElement element, out Stanza stanza, out StanzaError? error)
    {
        (stanza, error) = (default, null);
        StanzaKind kind;
        if (element.Is(XmppNames.Message)) kind = StanzaKind.Message;
        else if (element.Is(XmppNames.Presence)) kind = StanzaKind.Presence;
        else if (element.Is(XmppNames.Iq)) kind = StanzaKind.Iq;
        else return false;
        stanza = new Stanza(kind, DefaultOf(kind), null, null, element.Attribute("id"u8), element);
        if (element.TryAttribute("type"u8, out var type))
        {
            // RFC 6121, section 5.2.2: a message of an unknown type is a normal one.
            if (TypeOf(kind, type) is { } known) stanza = stanza with { Type = known };
            else if (kind != StanzaKind.Message) error = new(StanzaCondition.BadRequest, "There is no such type.");
        }
        else if (kind == StanzaKind.Iq) error = new(StanzaCondition.BadRequest, "An iq has a type.");
        if (kind == StanzaKind.Iq && stanza.Id is null) error ??= new(StanzaCondition.BadRequest, "An iq has an id.");
        if (!TryAddress(element, "to"u8, out var to)) error = new(StanzaCondition.JidMalformed, "What it is to is no address.");
        if (!TryAddress(element, "from"u8, out var from)) error = new(StanzaCondition.JidMalformed, "What it is from is no address.");
        stanza = stanza with { To = to, From = from };
        return error is null;
    }

    /// <summary>A type as it stands in XML; null where it is left out.</summary>
    public static string? NameOf(StanzaType type) => type switch
    {
        StanzaType.Available or StanzaType.Normal => null,
        StanzaType.Chat => "chat",
        StanzaType.Groupchat => "groupchat",
        StanzaType.Headline => "headline",
        StanzaType.Error => "error",
        StanzaType.Get => "get",
        StanzaType.Set => "set",
        StanzaType.Result => "result",
        StanzaType.Unavailable => "unavailable",
        StanzaType.Subscribe => "subscribe",
        StanzaType.Subscribed => "subscribed",
        StanzaType.Unsubscribe => "unsubscribe",
        StanzaType.Unsubscribed => "unsubscribed",
        _ => "probe",
    };

    private static StanzaType DefaultOf(StanzaKind kind) => kind switch
    {
        StanzaKind.Message => StanzaType.Normal,
        StanzaKind.Presence => StanzaType.Available,
        _ => StanzaType.Get,
    };

    private static StanzaType? TypeOf(StanzaKind kind, XmlValue type)
    {
        if (type.Is("error"u8)) return StanzaType.Error;
        return kind switch
        {
            StanzaKind.Message => type.ToString() switch
            {
                "chat" => StanzaType.Chat, "normal" => StanzaType.Normal, "groupchat" => StanzaType.Groupchat, "headline" => StanzaType.Headline, _ => null,
            },
            StanzaKind.Presence => type.ToString() switch
            {
                "unavailable" => StanzaType.Unavailable, "subscribe" => StanzaType.Subscribe, "subscribed" => StanzaType.Subscribed,
                "unsubscribe" => StanzaType.Unsubscribe, "unsubscribed" => StanzaType.Unsubscribed, "probe" => StanzaType.Probe, _ => null,
            },
            _ => type.ToString() switch { "get" => StanzaType.Get, "set" => StanzaType.Set, "result" => StanzaType.Result, _ => null },
        };
    }

    private static bool TryAddress(XmlElement element, ReadOnlySpan<byte> name, out Jid? address)
    {
        address = null;
        if (!element.TryAttribute(name, out var value)) return true;
        if (!Jid.TryParse(value.ToString(), out var jid, out _)) return false;
        address = jid;
        return true;
    }
}
