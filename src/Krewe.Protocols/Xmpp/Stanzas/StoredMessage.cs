using System.Buffers;
using System.Collections.Immutable;
using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Protocols.Xmpp.Stanzas;

/// <summary>What a mailbox item keeps of an XMPP message beside its native fields: the rest of its children as a payload, and before them
/// an element of this server's own with what stood in attributes and does not follow from the item.</summary>
/// <param name="Id">The stanza's <c>id</c>, if the item has another.</param>
/// <param name="Type">Null: chat.</param>
/// <param name="Language">Its <c>xml:lang</c>.</param>
public sealed record StoredMessage(string? Id, string? Type, string? Language)
{
    private static readonly XmlName Attributes = new(XmppNamespaces.Stored, "a");

    private static ReadOnlySpan<byte> Beginning => "<a xmlns='urn:krewe:stored:0'"u8;

    /// <summary>Writes what is to be kept.</summary>
    /// <param name="wanted">Which children belong to the payload.</param>
    public ImmutableArray<byte> Encode(XmlElement message, Func<XmlElement, bool> wanted)
    {
        var output = new ArrayBufferWriter<byte>(64);
        if (this != new StoredMessage(null, null, null))
        {
            new XmlWriter().Begin(output, XmppNamespaces.Client)
                .Start(Attributes).Optional("id"u8, Id).Optional("type"u8, Type).Optional("lang"u8, Language).End();
        }
        XmlPayload.Capture(message, child => !child.IsIn(XmppNamespaces.Stored) && wanted(child), output);
        return output.WrittenCount == 0 ? [] : ImmutableArray.Create(output.WrittenSpan);
    }

    /// <summary>Reads what was kept. Items without any are chat messages.</summary>
    public static (StoredMessage Attributes, XmlPayload Payload) Decode(ImmutableArray<byte> extensions)
    {
        var none = new StoredMessage(null, null, null);
        if (extensions.IsDefaultOrEmpty) return (none, default);
        var bytes = extensions.AsMemory();
        if (!bytes.Span.StartsWith(Beginning)) return (none, XmlPayload.FromStore(bytes));
        var reader = new XmlStreamReader(new XmlLimits(), XmlFraming.Documents);
        if (reader.Read(bytes.Span, out var length) != XmlReadStatus.Stanza) return (none, default);
        var element = reader.Element;
        var kept = new StoredMessage(element.Attribute("id"u8), element.Attribute("type"u8), element.Attribute("lang"u8));
        reader.Release();
        return (kept, XmlPayload.FromStore(bytes[length..]));
    }
}
