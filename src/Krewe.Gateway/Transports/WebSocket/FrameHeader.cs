using System.Buffers.Binary;

namespace Krewe.Gateway.Transports.WebSocket;

/// <summary>The few bytes before a frame that a server sends (RFC 6455, section 5.2): whole and unmasked.</summary>
internal static class FrameHeader
{
    public const int MaxLength = 10;

    private const byte FinalText = 0x81;
    private const byte MediumLength = 126;
    private const byte LongLength = 127;

    /// <summary>A ping without payload.</summary>
    public static ReadOnlySpan<byte> Ping => [0x89, 0];

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
