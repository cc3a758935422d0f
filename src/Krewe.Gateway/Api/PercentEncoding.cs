using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Krewe.Gateway.Api;

/// <summary>Percent-decoding (RFC 3986, section 2.1) that refuses what it cannot decode, instead of letting it stand.</summary>
internal static class PercentEncoding
{
    public static bool TryDecode(ReadOnlySpan<char> text, bool plusIsSpace, [NotNullWhen(true)] out string? decoded)
    {
        decoded = null;
        if (text.IndexOfAny('%', '+') < 0 && Ascii.IsValid(text))
        {
            decoded = text.ToString();
            return true;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var length = 0;
            for (var i = 0; i < text.Length; i++)
            {
                var c = text[i];
                if (c > '\u007f') return false;
                if (c == '%')
                {
                    if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2])) return false;
                    buffer[length++] = (byte)((Convert(text[i + 1]) << 4) | Convert(text[i + 2]));
                    i += 2;
                }
                else buffer[length++] = c == '+' && plusIsSpace ? (byte)' ' : (byte)c;
            }
            if (!System.Text.Unicode.Utf8.IsValid(buffer.AsSpan(0, length))) return false;
            decoded = Encoding.UTF8.GetString(buffer, 0, length);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Convert(char hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;
}
