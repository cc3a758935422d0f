using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Krewe.Protocols.Json;

/// <summary>Writes JSON as UTF-8 straight into a buffer: no state, no validation, the caller puts the punctuation.</summary>
/// <remarks>
/// Only what must be escaped is, and every character that any reader takes for a line break: a JSON value written here is
/// always one line, as server-sent events and NDJSON need it.
/// </remarks>
internal readonly ref struct JsonText(IBufferWriter<byte> output)
{
    // RFC 8259, section 7, then DEL, and what Unicode (NEL, LS, PS) and old JavaScript take for line breaks.
    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(i => (char)i), '"', '\\', '\u007f', '\u0085', '\u2028', '\u2029']);

    /// <summary>Punctuation, names: anything that is JSON already.</summary>
    public void Raw(ReadOnlySpan<byte> json) => output.Write(json);

    /// <summary>A JSON value as text, for example a message's <c>data</c>.</summary>
    public void RawText(ReadOnlySpan<char> json) => Transcode(json);

    public void Number(long value)
    {
        var span = output.GetSpan(20);
        Utf8Formatter.TryFormat(value, span, out var written);
        output.Advance(written);
    }

    public void Boolean(bool value) => Raw(value ? "true"u8 : "false"u8);

    /// <summary>A time as RFC 3339 has it, in UTC with milliseconds.</summary>
    public void Time(DateTimeOffset time)
    {
        var span = output.GetSpan(26);
        span[0] = (byte)'"';
        time.UtcDateTime.TryFormat(span[1..], out _, "yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture);
        span[25] = (byte)'"';
        output.Advance(26);
    }

    /// <summary>A string with its quotes.</summary>
    public void String(ReadOnlySpan<char> text)
    {
        Raw("\""u8);
        while (text.IndexOfAny(Escaped) is >= 0 and var at)
        {
            Transcode(text[..at]);
            Escape(text[at]);
            text = text[(at + 1)..];
        }
        Transcode(text);
        Raw("\""u8);
    }

    /// <summary><c>,"name":"text"</c>, or nothing for null. <paramref name="name"/> has its comma, quotes and colon.</summary>
    public void Member(ReadOnlySpan<byte> name, string? text)
    {
        if (text is null) return;
        Raw(name);
        String(text);
    }

    private void Escape(char c)
    {
        switch (c)
        {
            case '"': Raw("\\\""u8); break;
            case '\\': Raw("\\\\"u8); break;
            case '\n': Raw("\\n"u8); break;
            case '\r': Raw("\\r"u8); break;
            case '\t': Raw("\\t"u8); break;
            default:
                var span = output.GetSpan(6);
                "\\u"u8.CopyTo(span);
                Utf8Formatter.TryFormat((ushort)c, span[2..], out _, new StandardFormat('x', 4));
                output.Advance(6);
                break;
        }
    }

    private void Transcode(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        output.Advance(Encoding.UTF8.GetBytes(text, span));
    }
}
