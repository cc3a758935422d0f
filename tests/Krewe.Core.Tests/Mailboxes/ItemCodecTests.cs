using System.Buffers;
using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Xunit;

namespace Krewe.Core.Tests.Mailboxes;

public sealed class ItemCodecTests
{
    private static readonly Jid Romeo = Jid.FromCanonical("romeo@montague.example");
    private static readonly Jid Juliet = Jid.FromCanonical("juliet@capulet.example");

    private static readonly MailboxItem Short = new()
    {
        Seq = 42, Kind = ItemKind.Message, Id = "m1", From = Romeo, To = Juliet, SentAt = DateTimeOffset.FromUnixTimeMilliseconds(1_795_428_000_123), Body = "hi",
    };

    private static readonly MailboxItem Full = Short with
    {
        Device = "phone", Body = "Liebe 💜 ü\n\0", Thread = "", Data = """{"n":1.50}""", Replaces = "m0", Ids = ["a", "", "ü"], Extensions = [0, 1, 255],
        Hints = PushHints.Urgent | PushHints.Silent,
    };

    [Fact]
    public void The_bytes_of_a_short_message_are_these_for_ever()
    {
        // Form 1, kind 1, id "m1", from, sentAt (zigzag), body "hi", CRC-32C; "to" is the owner.
        const string golden = "01" + "0201" + "05026D31" + "0716726F6D656F406D6F6E74616775652E6578616D706C65" + "0CF685C9FDC068" + "0F026869";
        var row = Write(Juliet, Short);
        Assert.Equal(golden, Convert.ToHexString(row.AsSpan()[..^4]));
        Assert.Equal("F09BBDA8", Convert.ToHexString(row.AsSpan()[^4..]));
        Assert.Equal(ItemReadResult.Read, ItemCodec.TryRead(Juliet, 42, row, out var read));
        AssertSame(Short, read);
    }

    [Fact]
    public void Every_field_comes_back()
    {
        foreach (var owner in (Jid[])[Romeo, Juliet, Jid.FromCanonical("room@conference.example")])
        {
            Assert.Equal(ItemReadResult.Read, ItemCodec.TryRead(owner, 42, Write(owner, Full), out var read));
            AssertSame(Full, read);
        }
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-62_135_596_800_000)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(253_402_300_799_999)]
    public void Every_time_comes_back(long milliseconds)
    {
        var at = milliseconds == long.MinValue ? DateTimeOffset.MinValue : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        var item = Short with { SentAt = at, Seq = long.MaxValue };
        Assert.Equal(ItemReadResult.Read, ItemCodec.TryRead(Juliet, long.MaxValue, Write(Juliet, item), out var read));
        AssertSame(item, read);
    }

    [Fact]
    public void A_row_cut_short_anywhere_is_damaged()
    {
        var row = Write(Juliet, Full);
        for (var length = 0; length < row.Length; length++)
        {
            Assert.Equal(ItemReadResult.Damaged, ItemCodec.TryRead(Juliet, 42, row.AsSpan()[..length], out _));
        }
    }

    [Fact]
    public void Any_flipped_bit_is_noticed()
    {
        var row = Write(Juliet, Full);
        for (var bit = 0; bit < row.Length * 8; bit++)
        {
            row[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(ItemReadResult.Damaged, ItemCodec.TryRead(Juliet, 42, row, out _));
            row[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_row_in_another_place_is_damaged()
    {
        var row = Write(Juliet, Short);
        Assert.Equal(ItemReadResult.Damaged, ItemCodec.TryRead(Juliet, 43, row, out _));
        Assert.Equal(ItemReadResult.Damaged, ItemCodec.TryRead(Romeo, 42, row, out _));
    }

    [Fact]
    public void A_field_of_a_later_version_is_passed_over()
    {
        var row = Write(Juliet, Short);
        // Field 60 as a number, field 61 as bytes.
        byte[] later = [.. row.AsSpan()[..^4], 60 << 1, 0x96, 0x01, (61 << 1) | 1, 2, 7, 7];
        Assert.Equal(ItemReadResult.Read, ItemCodec.TryRead(Juliet, 42, Seal(later), out var read));
        AssertSame(Short, read);
    }

    [Fact]
    public void A_row_of_a_later_form_is_told_apart_from_a_damaged_one()
    {
        var row = Write(Juliet, Short);
        row[0] = 2;
        Assert.Equal(ItemReadResult.Newer, ItemCodec.TryRead(Juliet, 42, Seal(row.AsSpan()[..^4]), out _));
    }

    [Fact]
    public void Random_bytes_under_a_right_checksum_never_throw()
    {
        var random = new Random(20261123);
        for (var i = 0; i < 200_000; i++)
        {
            var content = new byte[1 + random.Next(40)];
            random.NextBytes(content);
            content[0] = 1;
            _ = ItemCodec.TryRead(Juliet, 42, Seal(content), out _);
        }
    }

    [Fact]
    public void Random_items_come_back()
    {
        var random = new Random(20261123);
        for (var i = 0; i < 2_000; i++)
        {
            var item = Short with
            {
                Seq = random.NextInt64(1, long.MaxValue), Kind = (ItemKind)random.Next(1, 300), Id = Text(1 + random.Next(128)), Body = Maybe(5000), Thread = Maybe(10),
                Data = Maybe(500), Replaces = Maybe(128), Device = Maybe(30), SentAt = DateTimeOffset.FromUnixTimeMilliseconds(random.NextInt64(4_000_000_000_000)),
                Ids = [.. Enumerable.Range(0, random.Next(5)).Select(_ => Text(random.Next(200)))],
            };
            Assert.Equal(ItemReadResult.Read, ItemCodec.TryRead(Romeo, item.Seq, Write(Romeo, item), out var read));
            AssertSame(item, read);
        }

        string? Maybe(int length) => random.Next(2) == 0 ? null : Text(random.Next(length));

        string Text(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => random.Next(8) switch { 0 => "ü", 1 => "💜", 2 => "\u4e2d", _ => "x" }));
    }

    [Fact]
    public void The_checksum_is_CRC_32C()
    {
        // RFC 3720, appendix B.4: 32 bytes of zeroes; and the check value of the catalogue of parametrised CRCs.
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
    }

    private static byte[] Write(Jid owner, MailboxItem item)
    {
        var output = new ArrayBufferWriter<byte>();
        ItemCodec.Write(owner, item, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Puts the checksum that belongs to (Juliet, 42) behind made-up content.</summary>
    private static byte[] Seal(ReadOnlySpan<byte> content)
    {
        var crc = Crc32C.Append(Crc32C.Start, [0, 0, 0, 0, 0, 0, 0, 42]);
        crc = Crc32C.End(Crc32C.Append(Crc32C.Append(crc, Juliet.Text), content));
        return [.. content, (byte)crc, (byte)(crc >> 8), (byte)(crc >> 16), (byte)(crc >> 24)];
    }

    private static void AssertSame(MailboxItem expected, MailboxItem actual)
    {
        Assert.Equal(expected.Ids.AsEnumerable(), actual.Ids);
        Assert.Equal(expected.Extensions.AsEnumerable(), actual.Extensions);
        Assert.Equal(expected with { Ids = default, Extensions = default }, actual with { Ids = default, Extensions = default });
    }
}
