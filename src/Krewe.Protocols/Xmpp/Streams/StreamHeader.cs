using System.Diagnostics.CodeAnalysis;
using Krewe.Core.Addresses;
using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Protocols.Xmpp.Streams;

/// <summary>What a client's stream header says (RFC 6120, section 4.7), be it a start tag or an <c>open</c> of RFC 7395.</summary>
public readonly record struct StreamHeader(string? Language)
{
    /// <summary>Checks a header.</summary>
    /// <param name="element">The start tag of the stream.</param>
    /// <param name="domain">The domain that is served.</param>
    public static bool TryRead(XmlElement element, XmlFraming framing, string domain, out StreamHeader header, [NotNullWhen(false)] out StreamError? error)
    {
        header = default;
        error = Check(element, framing, domain);
        if (error is not null) return false;
        header = new(element.TryAttribute(XmlNamespace.Xml, "lang"u8, out var language) ? language.ToString() : null);
        return true;
    }

    /// <summary>Writes the server's own header. On a stream it stays open; on WebSocket it is an element of its own.</summary>
    public static void Write(XmlWriter xml, XmlFraming framing, string domain, string id)
    {
        if (framing == XmlFraming.Stream) xml.Prolog();
        xml.Start(framing == XmlFraming.Stream ? XmppNames.Stream : XmppNames.Open);
        if (framing == XmlFraming.Stream) xml.DeclareDefault(XmppNamespaces.Client);
        xml.Attribute("from"u8, domain.AsSpan()).Attribute("id"u8, id.AsSpan()).Attribute("version"u8, "1.0"u8).Attribute("xml:lang"u8, "en"u8);
        if (framing == XmlFraming.Stream) xml.LeaveOpen();
        else xml.End();
    }

    private static StreamError? Check(XmlElement element, XmlFraming framing, string domain)
    {
        var expected = framing == XmlFraming.Stream ? XmppNames.Stream : XmppNames.Open;
        if (!element.IsIn(expected.Namespace)) return new(StreamCondition.InvalidNamespace, $"The stream's namespace is {expected.Namespace}.");
        if (!element.Is(expected)) return new(StreamCondition.BadFormat, "A stream begins with its header.");
        if (framing == XmlFraming.Stream && element.DefaultNamespace is var content && !content.IsEmpty && !content.SequenceEqual(XmppNamespaces.Client.Utf8))
            return new(StreamCondition.InvalidNamespace, $"The content's namespace is {XmppNamespaces.Client}.");
        // Section 4.7.5: a peer without a version, or with 0.x, is of a time before SASL.
        if (!element.TryAttribute("version"u8, out var version) || !version.ToString().StartsWith("1.", StringComparison.Ordinal))
            return new(StreamCondition.UnsupportedVersion, "Version 1.0 is spoken here.");
        if (element.Attribute("to"u8) is not { } to) return new(StreamCondition.HostUnknown, "The header says whom it is to.");
        return Jid.TryParse(to, out var host, out _) && host.Text == domain ? null : new(StreamCondition.HostUnknown, "Another domain is served here.");
    }
}
