using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Krewe.Protocols.Xmpp.Xml;

/// <summary>
/// Children of a stanza as bytes that can be kept for years and put into any stanza unread: every prefix that they use is declared
/// in them, and an element without a namespace of its own is in that of the stanza around it, be it <c>jabber:client</c> or <c>jabber:server</c>.
/// </summary>
[SuppressMessage("Performance", "CA1815", Justification = "Not compared.")]
public readonly struct XmlPayload
{
    private readonly ReadOnlyMemory<byte> _utf8;

    private XmlPayload(ReadOnlyMemory<byte> utf8) => _utf8 = utf8;

    public bool IsEmpty => _utf8.IsEmpty;

    public ReadOnlySpan<byte> Utf8 => _utf8.Span;

    /// <summary>Takes bytes that <see cref="Capture"/> made and a store kept. They are not checked again.</summary>
    public static XmlPayload FromStore(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>Takes those children of a stanza that are wanted; gives their bytes to <paramref name="output"/>.</summary>
    public static void Capture(XmlElement stanza, Func<XmlElement, bool> wanted, IBufferWriter<byte> output)
    {
        XmlWriter? writer = null;
        foreach (var child in stanza.Children)
        {
            if (!wanted(child)) continue;
            writer ??= new XmlWriter().Begin(output, XmlCopy.Content);
            writer.Copy(child);
        }
    }
}
