using Krewe.Gateway.Transports.WebSocket;

namespace Krewe.Gateway.Tests.Transports;

/// <summary>Headers as plain bytes; what the server makes of a refusal is in <see cref="WebSocketFrameTests"/>.</summary>
public sealed class FrameGuardTests
{
    private static readonly byte[] Good =
    [
        .. Frame(0x81, 5), .. Frame(0x01, 0), .. Frame(0x89, 125), .. Frame(0x00, 300), .. Frame(0x00, 0), .. Frame(0x80, 700), .. Frame(0x8a, 0), .. Frame(0x81, 1000), .. Frame(0x88, 2),
    ];

    [Fact]
    public void Good_frames_pass_whole() => Assert.Equal(Good.Length, new FrameGuard(1000).Check(Good));

    [Fact]
    public void Wherever_the_bytes_are_split_the_verdict_is_the_same()
    {
        byte[] bad = [.. Good[..^8], .. Frame(0x81, 1001)];
        for (var split = 0; split <= bad.Length; split++)
        {
            var guard = new FrameGuard(1000);
            var passed = guard.Check(bad.AsSpan(0, split));
            if (guard.Refused is null) passed += guard.Check(bad.AsSpan(split));
            Assert.Equal("too-large", guard.Refused?.Code);
            // What was let through before the header was whole is a part of it at most.
            Assert.InRange(passed, Good.Length - 8, Good.Length - 8 + 4);
        }
    }

    [Fact]
    public void Bytes_that_stop_anywhere_are_no_refusal()
    {
        for (var length = 0; length <= Good.Length; length++)
        {
            var guard = new FrameGuard(1000);
            Assert.Equal(length, guard.Check(Good.AsSpan(0, length)));
            Assert.Null(guard.Refused);
        }
    }

    [Fact]
    public void Any_bytes_in_any_pieces_give_one_verdict()
    {
        var random = new Random(6455);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(1, 60)];
            random.NextBytes(bytes);
            // Most begin well, so that more than the first byte is looked at.
            (bytes[0], bytes[^1]) = (round % 4 > 0 ? (byte)0x81 : bytes[0], (byte)(bytes[^1] | 0x80));
            var (whole, pieces) = (new FrameGuard(1000), new FrameGuard(1000));
            whole.Check(bytes);
            foreach (var one in bytes)
            {
                if (pieces.Refused is null) pieces.Check([one]);
            }
            Assert.Equal(whole.Refused, pieces.Refused);
        }
    }

    private static byte[] Frame(byte first, int length)
    {
        byte[] header = length < 126 ? [first, (byte)(0x80 | length)] : [first, 0x80 | 126, (byte)(length >> 8), (byte)length];
        return [.. header, 1, 2, 3, 4, .. Enumerable.Repeat((byte)0xff, length)];
    }
}
