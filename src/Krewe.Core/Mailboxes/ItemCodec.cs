using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Krewe.Core.Addresses;
using Krewe.Core.Push;

namespace Krewe.Core.Mailboxes;

/// <summary>What <see cref="ItemCodec.TryRead"/> found.</summary>
public enum ItemReadResult
{
    Read = 1,
    /// <summary>The bytes are not those that were written, or belong to another owner or seq.</summary>
    Damaged,
    /// <summary>The bytes are whole, but of a later form than this program knows.</summary>
    Newer,
}

/// <summary>The stored form of a <see cref="MailboxItem"/>, the same in every store.</summary>
/// <remarks>
/// One byte form (1), tagged fields, four bytes CRC-32C. A tag is a byte: field number × 2, plus 1 where the value is length and bytes
/// instead of a varint; a reader passes over a field that it does not know. The checksum covers owner and seq too, which are the row's
/// key and not repeated in it, so that a row in a wrong place is noticed. <c>From</c> and <c>To</c> are left out where they are the owner.
/// </remarks>
public static class ItemCodec
{
    private const byte Form = 1;
    private const int ChecksumBytes = 4;

    // Field numbers are on disks: never give one another meaning. 63 is the last that fits into the tag byte's seven bits.
    private const int Kind = 1, Id = 2, From = 3, To = 4, Device = 5, SentAt = 6, Body = 7, Thread = 8, Data = 9, Replaces = 10, Ids = 11, Extensions = 12, Hints = 13;

    public static void Write(Jid owner, MailboxItem item, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(output);
        var row = output.GetSpan(MaxBytes(item));
        var writer = new FieldWriter(row);
        writer.Byte(Form);
        writer.Number(Kind, (ulong)item.Kind);
        writer.Text(Id, item.Id);
        if (item.From != owner)
        {
            writer.Text(From, item.From.Text);
        }
        if (item.To != owner)
        {
            writer.Text(To, item.To.Text);
        }
        writer.Text(Device, item.Device);
        writer.Number(SentAt, ZigZag(item.SentAt.ToUnixTimeMilliseconds()));
        writer.Text(Body, item.Body);
        writer.Text(Thread, item.Thread);
        writer.Text(Data, item.Data);
        writer.Text(Replaces, item.Replaces);
        foreach (var id in item.Ids)
        {
            writer.Text(Ids, id);
        }
        if (item.Extensions.Length > 0)
        {
            writer.Bytes(Extensions, item.Extensions.AsSpan());
        }
        if (item.Hints != PushHints.None)
        {
            writer.Number(Hints, (ulong)item.Hints);
        }
        var length = writer.Position;
        BinaryPrimitives.WriteUInt32LittleEndian(row[length..], Checksum(owner, item.Seq, row[..length]));
        output.Advance(length + ChecksumBytes);
    }

    public static ItemReadResult TryRead(Jid owner, long seq, ReadOnlySpan<byte> row, out MailboxItem item)
    {
        item = null!;
        if (row.Length < 1 + ChecksumBytes)
        {
            return ItemReadResult.Damaged;
        }
        var content = row[..^ChecksumBytes];
        if (Checksum(owner, seq, content) != BinaryPrimitives.ReadUInt32LittleEndian(row[^ChecksumBytes..]))
        {
            return ItemReadResult.Damaged;
        }
        if (content[0] != Form)
        {
            return ItemReadResult.Newer;
        }
        return TryReadFields(owner, seq, content[1..], out item) ? ItemReadResult.Read : ItemReadResult.Damaged;
    }

    private static bool TryReadFields(Jid owner, long seq, ReadOnlySpan<byte> fields, out MailboxItem item)
    {
        item = null!;
        var reader = new FieldReader(fields);
        ItemKind kind = 0;
        string? id = null, device = null, body = null, thread = null, data = null, replaces = null;
        Jid from = owner, to = owner;
        var sentAt = 0L;
        ImmutableArray<string>.Builder? ids = null;
        ImmutableArray<byte> extensions = [];
        var hints = PushHints.None;
        while (!reader.AtEnd)
        {
            if (!reader.TryRead(out var field, out var number, out var bytes))
            {
                return false;
            }
            switch (field)
            {
                case Kind: kind = (ItemKind)number; break;
                case Id: id = Encoding.UTF8.GetString(bytes); break;
                case From: from = Jid.FromCanonical(Encoding.UTF8.GetString(bytes)); break;
                case To: to = Jid.FromCanonical(Encoding.UTF8.GetString(bytes)); break;
                case Device: device = Encoding.UTF8.GetString(bytes); break;
                case SentAt: sentAt = UnZigZag(number); break;
                case Body: body = Encoding.UTF8.GetString(bytes); break;
                case Thread: thread = Encoding.UTF8.GetString(bytes); break;
                case Data: data = Encoding.UTF8.GetString(bytes); break;
                case Replaces: replaces = Encoding.UTF8.GetString(bytes); break;
                case Ids: (ids ??= ImmutableArray.CreateBuilder<string>()).Add(Encoding.UTF8.GetString(bytes)); break;
                case Extensions: extensions = [.. bytes]; break;
                case Hints: hints = (PushHints)number; break;
                default: break;
            }
        }
        if (id is null || sentAt < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || sentAt > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return false;
        }
        item = new MailboxItem
        {
            Seq = seq, Kind = kind, Id = id, From = from, To = to, Device = device, SentAt = DateTimeOffset.FromUnixTimeMilliseconds(sentAt),
            Body = body, Thread = thread, Data = data, Replaces = replaces, Ids = ids?.DrainToImmutable() ?? [], Extensions = extensions, Hints = hints,
        };
        return true;
    }

    private static uint Checksum(Jid owner, long seq, ReadOnlySpan<byte> content)
    {
        Span<byte> key = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(key, seq);
        var crc = Crc32C.Append(Crc32C.Start, key);
        // The text's UTF-16 form costs no transcoding and is as good an identity as its UTF-8; little-endian by Crc32C.Append.
        crc = Crc32C.Append(crc, owner.Text);
        return Crc32C.End(Crc32C.Append(crc, content));
    }

    private static int MaxBytes(MailboxItem item)
    {
        var bytes = 1 + ChecksumBytes + (3 * FieldWriter.MaxOverhead)
            + Max(item.Id) + Max(item.From.Text) + Max(item.To.Text) + Max(item.Device) + Max(item.Body) + Max(item.Thread) + Max(item.Data) + Max(item.Replaces)
            + item.Extensions.Length + FieldWriter.MaxOverhead;
        foreach (var id in item.Ids)
        {
            bytes += Max(id);
        }
        return bytes;

        static int Max(string? text) => text is null ? 0 : Encoding.UTF8.GetMaxByteCount(text.Length) + FieldWriter.MaxOverhead;
    }

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
