using System.Buffers;
using System.Text;

namespace Krewe.Protocols.Json;

/// <summary>From JSON's spelling to text, for input that <see cref="JsonScanner"/> has checked.</summary>
internal static class JsonSpelling
{
    /// <summary>The text of a string token (without its quotes).</summary>
    public static string Unescape(ReadOnlySpan<byte> token, bool escaped)
    {
        if (!escaped) return Encoding.UTF8.GetString(token);
        var chars = ArrayPool<char>.Shared.Rent(token.Length);
        try
        {
            var length = 0;
            while (!token.IsEmpty)
            {
                var plain = token.IndexOf((byte)'\\');
                if (plain < 0) plain = token.Length;
                length += Encoding.UTF8.GetChars(token[..plain], chars.AsSpan(length));
                token = token[plain..];
                if (token.IsEmpty) break;
                chars[length++] = token[1] switch
                {
                    (byte)'b' => '\b',
                    (byte)'f' => '\f',
                    (byte)'n' => '\n',
                    (byte)'r' => '\r',
                    (byte)'t' => '\t',
                    (byte)'u' => (char)((Hex(token[2]) << 12) | (Hex(token[3]) << 8) | (Hex(token[4]) << 4) | Hex(token[5])),
                    var itself => (char)itself,
                };
                token = token[(token[1] == 'u' ? 6 : 2)..];
            }
            return new string(chars, 0, length);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(chars);
        }
    }

    /// <summary>The same JSON without whitespace between its tokens, and without anything that some reader takes for a line break: NEL, LS and PS
    /// are escaped. Every other token keeps its exact spelling.</summary>
    public static string Compact(ReadOnlySpan<byte> value)
    {
        // An escape is six bytes for the two or three of what it stands for.
        var bytes = ArrayPool<byte>.Shared.Rent(value.Length * 3);
        try
        {
            var (length, inString) = (0, false);
            for (var i = 0; i < value.Length; i++)
            {
                var b = value[i];
                if (!inString)
                {
                    if (b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') continue;
                    bytes[length++] = b;
                    inString = b == '"';
                }
                else if (LineBreak(value[i..], out var spelling, out var skip))
                {
                    spelling.CopyTo(bytes.AsSpan(length));
                    length += spelling.Length;
                    i += skip - 1;
                }
                else
                {
                    bytes[length++] = b;
                    if (b == '\\') bytes[length++] = value[++i];
                    else if (b == '"') inString = false;
                }
            }
            return Encoding.UTF8.GetString(bytes, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static bool LineBreak(ReadOnlySpan<byte> at, out ReadOnlySpan<byte> spelling, out int length)
    {
        spelling = at switch
        {
            [0xc2, 0x85, ..] => "\\u0085"u8,
            [0xe2, 0x80, 0xa8, ..] => "\\u2028"u8,
            [0xe2, 0x80, 0xa9, ..] => "\\u2029"u8,
            _ => [],
        };
        length = spelling.IsEmpty ? 0 : at[0] == 0xc2 ? 2 : 3;
        return length > 0;
    }

    private static int Hex(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
