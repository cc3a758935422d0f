using System.Buffers;
using System.Text;

namespace Krewe.Protocols.Xmpp.Xml;

/// <summary>Writes text so that a reader gets back exactly it; a character that XML has not becomes U+FFFD.</summary>
internal static class XmlEscape
{
    private const string Forbidden = "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000B\u000C\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015"
        + "\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F\uFFFE\uFFFF";

    // A carriage return would be read as a line feed (XML 1.0, section 2.11), and in attributes white space as a space (3.3.3).
    private static readonly SearchValues<char> InText = SearchValues.Create("&<>\r" + Forbidden);
    private static readonly SearchValues<char> InAttributes = SearchValues.Create("&<>'\"\r\n\t" + Forbidden);
    private static readonly SearchValues<byte> Safe = SearchValues.Create([.. Enumerable.Range(' ', 95).Select(value => (byte)value).Except("&<>'\""u8.ToArray())]);

    public static void Text(ReadOnlySpan<char> text, IBufferWriter<byte> output) => Write(text, InText, output);

    public static void Attribute(ReadOnlySpan<char> value, IBufferWriter<byte> output) => Write(value, InAttributes, output);

    /// <summary>Text in UTF-8, which need not be good.</summary>
    public static void Attribute(ReadOnlySpan<byte> value, IBufferWriter<byte> output)
    {
        if (value.IndexOfAnyExcept(Safe) < 0) output.Write(value);
        else Attribute(Encoding.UTF8.GetString(value), output);
    }

    private static void Write(ReadOnlySpan<char> text, SearchValues<char> special, IBufferWriter<byte> output)
    {
        while (true)
        {
            var at = text.IndexOfAny(special);
            // The encoder replaces lone surrogates.
            var plain = at < 0 ? text : text[..at];
            if (!plain.IsEmpty) Encoding.UTF8.GetBytes(plain, output);
            if (at < 0) return;
            output.Write(Escaped(text[at]));
            text = text[(at + 1)..];
        }
    }

    private static ReadOnlySpan<byte> Escaped(char value) => value switch
    {
        '&' => "&amp;"u8,
        '<' => "&lt;"u8,
        '>' => "&gt;"u8,
        '\'' => "&apos;"u8,
        '"' => "&quot;"u8,
        '\r' => "&#xD;"u8,
        '\n' => "&#xA;"u8,
        '\t' => "&#x9;"u8,
        _ => "\uFFFD"u8,
    };
}
