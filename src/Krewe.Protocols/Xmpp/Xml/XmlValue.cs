using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Krewe.Protocols.Xmpp.Xml;

/// <summary>Text or an attribute's value as it stands in the XML; what it says is made only when asked for.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "Compared by what it says, with Is.")]
public readonly ref struct XmlValue
{
    private readonly ReadOnlySpan<byte> _raw;
    private readonly XmlCoding _coding;

    internal XmlValue(ReadOnlySpan<byte> raw, XmlCoding coding)
    {
        _raw = raw;
        _coding = coding;
    }

    /// <summary>Does it say exactly this?</summary>
    public bool Is(ReadOnlySpan<byte> text)
    {
        if (_coding == XmlCoding.Plain) return _raw.SequenceEqual(text);
        // What is said is never longer than how it is written.
        if (text.Length > _raw.Length) return false;
        var bytes = ArrayPool<byte>.Shared.Rent(_raw.Length);
        var same = bytes.AsSpan(0, Decode(bytes)).SequenceEqual(text);
        ArrayPool<byte>.Shared.Return(bytes);
        return same;
    }

    public override string ToString()
    {
        if (_coding == XmlCoding.Plain) return Encoding.UTF8.GetString(_raw);
        var bytes = ArrayPool<byte>.Shared.Rent(_raw.Length);
        var text = Encoding.UTF8.GetString(bytes.AsSpan(0, Decode(bytes)));
        ArrayPool<byte>.Shared.Return(bytes);
        return text;
    }

    /// <summary>Writes what it says as UTF-8; <paramref name="output"/> has room for as many bytes as it is written with.</summary>
    internal int Decode(Span<byte> output)
    {
        var raw = _raw;
        var length = 0;
        while (!raw.IsEmpty)
        {
            var next = raw[0];
            if (next == '&' && _coding != XmlCoding.CData && XmlCharacters.TryReference(raw, out var taken, out var value, out _))
            {
                length += new Rune(value).EncodeToUtf8(output[length..]);
                raw = raw[taken..];
                continue;
            }
            // XML 1.0, section 2.11: a line's end is one line feed; section 3.3.3: in attributes white space is a space.
            if (next == '\r')
            {
                if (raw is [_, (byte)'\n', ..]) raw = raw[1..];
                next = (byte)'\n';
            }
            if (_coding == XmlCoding.Attribute && XmlCharacters.IsSpace(next)) next = (byte)' ';
            output[length++] = next;
            raw = raw[1..];
        }
        return length;
    }
}

/// <summary>How what is said follows from what is written.</summary>
internal enum XmlCoding
{
    /// <summary>They are the same.</summary>
    Plain,
    Text,
    CData,
    Attribute,
}
