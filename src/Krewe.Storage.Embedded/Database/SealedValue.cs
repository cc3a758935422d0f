using System.Buffers.Binary;
using Krewe.Core.Mailboxes;

namespace Krewe.Storage.Embedded.Database;

/// <summary>A value with a checksum over its key and itself, so that a flipped bit or a row in a wrong place is noticed.</summary>
internal static class SealedValue
{
    private const int ChecksumBytes = 4;

    public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var row = new byte[value.Length + ChecksumBytes];
        value.CopyTo(row);
        BinaryPrimitives.WriteUInt32LittleEndian(row.AsSpan(value.Length), Checksum(key, value));
        return row;
    }

    public static byte[] Seal(ReadOnlySpan<byte> key, long number) => Seal(key, Keys.Number(number));

    public static bool TryOpen(ReadOnlySpan<byte> key, ReadOnlySpan<byte> row, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (row.Length < ChecksumBytes || BinaryPrimitives.ReadUInt32LittleEndian(row[^ChecksumBytes..]) != Checksum(key, row[..^ChecksumBytes]))
        {
            return false;
        }
        value = row[..^ChecksumBytes];
        return true;
    }

    public static bool TryOpen(ReadOnlySpan<byte> key, ReadOnlySpan<byte> row, out long number)
    {
        number = 0;
        if (!TryOpen(key, row, out ReadOnlySpan<byte> value) || value.Length != sizeof(long))
        {
            return false;
        }
        number = BinaryPrimitives.ReadInt64BigEndian(value);
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        Crc32C.End(Crc32C.Append(Crc32C.Append(Crc32C.Start, key), value));
}
