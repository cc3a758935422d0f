using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Krewe.Protocols.Xmpp.Xml;

/// <summary>Which bytes are characters of XML 1.0 (fifth edition), which make names, and what may stand after an ampersand.</summary>
internal static class XmlCharacters
{
    // Section 2.2: of the controls only tab, line feed and carriage return.
    private static readonly SearchValues<byte> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Where(value => value is not (9 or 10 or 13)).Select(value => (byte)value)]);

    private static readonly bool[] NameStarts = Table(value => char.IsAsciiLetter(value) || value == '_');
    private static readonly bool[] NameParts = Table(value => char.IsAsciiLetterOrDigit(value) || value is '_' or '-' or '.');

    // Section 2.3, NameStartChar beyond ASCII; the colon belongs to Namespaces in XML.
    private static readonly (int First, int Last)[] Starts =
    [
        (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF), (0x370, 0x37D), (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F),
        (0x2C00, 0x2FEF), (0x3001, 0xD7FF), (0xF900, 0xFDCF), (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF),
    ];

    private static readonly (int First, int Last)[] FurtherParts = [(0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040)];

    public static XmlFault NotAllowed => XmlFault.NotWellFormed("A byte is no character of XML in UTF-8.");

    public static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r';

    /// <summary>Strict UTF-8 without forbidden characters.</summary>
    public static bool AreAllowed(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOfAny(Controls) >= 0) return false;
        if (Ascii.IsValid(bytes)) return true;
        // U+FFFE and U+FFFF are the only others in valid UTF-8 that XML has not.
        return Utf8.IsValid(bytes) && bytes.IndexOf("\uFFFE"u8) < 0 && bytes.IndexOf("\uFFFF"u8) < 0;
    }

    public static bool IsAllowed(int value) =>
        value is 9 or 10 or 13 or (>= 0x20 and <= 0xD7FF) or (>= 0xE000 and <= 0xFFFD) or (>= 0x10000 and <= 0x10FFFF);

    /// <summary>Bytes of the name without a colon that <paramref name="bytes"/> begins with; 0 if there is none.</summary>
    public static int NameLength(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            var next = bytes[at];
            if (next < 0x80)
            {
                if (!(at == 0 ? NameStarts : NameParts)[next]) break;
                at++;
                continue;
            }
            if (Rune.DecodeFromUtf8(bytes[at..], out var rune, out var length) != OperationStatus.Done) break;
            if (!IsIn(Starts, rune.Value) && (at == 0 || !IsIn(FurtherParts, rune.Value))) break;
            at += length;
        }
        return at;
    }

    /// <summary>Checks text between two tags.</summary>
    public static XmlFault CheckText(ReadOnlySpan<byte> text)
    {
        if (!AreAllowed(text)) return NotAllowed;
        // Section 2.4: text that looks like the end of a CDATA section is an error, so that it is not taken for one.
        return text.IndexOf(XmlStreamReader.CDataEnd) >= 0 ? XmlFault.NotWellFormed("Text has no ]]> in it.") : CheckReferences(text);
    }

    /// <summary>Checks text or an attribute's value, whose characters are allowed, for what may stand after its ampersands.</summary>
    public static XmlFault CheckReferences(ReadOnlySpan<byte> text)
    {
        while (text.IndexOf((byte)'&') is >= 0 and var at)
        {
            text = text[at..];
            if (!TryReference(text, out var length, out _, out var fault)) return fault;
            text = text[length..];
        }
        return XmlFault.None;
    }

    /// <summary>Reads a reference, from its ampersand on.</summary>
    public static bool TryReference(ReadOnlySpan<byte> text, out int length, out int value, out XmlFault fault)
    {
        (length, value, fault) = (0, 0, XmlFault.None);
        var end = text.IndexOf((byte)';');
        if (end < 2)
        {
            fault = XmlFault.NotWellFormed("An ampersand begins a reference.");
            return false;
        }
        length = end + 1;
        var name = text[1..end];
        value = name switch
        {
            [(byte)'l', (byte)'t'] => '<',
            [(byte)'g', (byte)'t'] => '>',
            [(byte)'a', (byte)'m', (byte)'p'] => '&',
            [(byte)'a', (byte)'p', (byte)'o', (byte)'s'] => '\'',
            [(byte)'q', (byte)'u', (byte)'o', (byte)'t'] => '"',
            [(byte)'#', (byte)'x', .. var digits] => Number(digits, NumberStyles.AllowHexSpecifier),
            [(byte)'#', .. var digits] => Number(digits, NumberStyles.None),
            _ => -1,
        };
        if (IsAllowed(value)) return true;
        fault = NameLength(name) == name.Length
            ? XmlFault.Restricted("No entities are declared here besides the five of XML.")
            : XmlFault.NotWellFormed("A reference names a character of XML.");
        return false;
    }

    private static int Number(ReadOnlySpan<byte> digits, NumberStyles style) =>
        int.TryParse(digits, style, CultureInfo.InvariantCulture, out var value) ? value : -1;

    private static bool IsIn((int First, int Last)[] ranges, int value)
    {
        foreach (var (first, last) in ranges)
        {
            if (value >= first && value <= last) return true;
        }
        return false;
    }

    private static bool[] Table(Func<char, bool> test) => [.. Enumerable.Range(0, 128).Select(value => test((char)value))];
}
