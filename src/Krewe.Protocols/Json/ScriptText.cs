using System.Buffers;

namespace Krewe.Protocols.Json;

/// <summary>Makes JSON safe inside a script element of an HTML page.</summary>
public static class ScriptText
{
    private static readonly byte[] LessThan = "\\u003c"u8.ToArray();
    private static readonly byte[] GreaterThan = "\\u003e"u8.ToArray();
    private static readonly byte[] Ampersand = "\\u0026"u8.ToArray();
    private static readonly byte[] LineSeparator = "\\u2028"u8.ToArray();
    private static readonly byte[] ParagraphSeparator = "\\u2029"u8.ToArray();

    // The first byte of U+2028 and U+2029 in UTF-8 (E2 80 A8, E2 80 A9) is looked at more closely.
    private static readonly SearchValues<byte> Suspicious = SearchValues.Create([.. "<>&"u8, 0xe2]);

    /// <summary>
    /// Copies JSON with every <c>&lt;</c>, <c>&gt;</c>, <c>&amp;</c>, U+2028 and U+2029 as <c>\uXXXX</c>. JSON has these
    /// characters in strings alone, so the value stays the same.
    /// </summary>
    public static void Write(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        while (json.IndexOfAny(Suspicious) is >= 0 and var at)
        {
            output.Write(json[..at]);
            json = json[at..];
            var (escaped, length) = json switch
            {
                [(byte)'<', ..] => (LessThan, 1),
                [(byte)'>', ..] => (GreaterThan, 1),
                [(byte)'&', ..] => (Ampersand, 1),
                [_, 0x80, 0xa8, ..] => (LineSeparator, 3),
                [_, 0x80, 0xa9, ..] => (ParagraphSeparator, 3),
                _ => (null, 1),
            };
            output.Write(escaped ?? json[..length]);
            json = json[length..];
        }
        output.Write(json);
    }
}
