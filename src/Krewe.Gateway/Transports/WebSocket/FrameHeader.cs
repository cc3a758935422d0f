using System.Buffers.Binary;
using System.Text;

namespace Krewe.Gateway.Transports.WebSocket;

/// <summary>The few bytes before a frame that a server sends (RFC 6455, section 5.2): whole and unmasked.</summary>
internal static class FrameHeader
{
    public const int MaxLength = 10;

    private const byte FinalText = 0x81;
    private const byte FinalClose = 0x88;
    private const byte MediumLength = 126;
    private const byte LongLength = 127;

    /// <summary>A ping without payload.</summary>
    public static ReadOnlySpan<byte> Ping => [0x89, 0];

    /// <summary>A close frame with a code and a text in ASCII, of at most 123 characters.</summary>
    public static byte[] Close(int code, string text)
    {
        var frame = new byte[4 + text.Length];
        (frame[0], frame[1]) = (FinalClose, (byte)(2 + text.Length));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)code);
        Encoding.ASCII.GetBytes(text, frame.AsSpan(4));
        return frame;
    }

    /// <summary>The code of a close frame that says nothing else; null for every other frame.</summary>
    public static int? BareCloseCode(ReadOnlySpan<byte> frame) =>
        frame is [FinalClose, 2, var high, var low] ? (high << 8) | low : null;

    /// <summary>Writes the header of a text frame; gives its length.</summary>
    public static int WriteText(int payload, Span<byte> header)
    {
        header[0] = FinalText;
        if (payload < MediumLength)
        {
            header[1] = (byte)payload;
            return 2;
        }
        if (payload <= ushort.MaxValue)
        {
            header[1] = MediumLength;
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)payload);
            return 4;
        }
        header[1] = LongLength;
        BinaryPrimitives.WriteUInt64BigEndian(header[2..], (ulong)payload);
        return 10;
    }
}
