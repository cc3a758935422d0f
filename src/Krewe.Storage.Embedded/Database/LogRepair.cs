using System.Buffers.Binary;
using System.Numerics;
using Krewe.Core.Mailboxes;

namespace Krewe.Storage.Embedded.Database;

/// <summary>Finds a flipped bit in RocksDB's log files (the write-ahead log and the manifest) and turns it back, before RocksDB reads them.</summary>
/// <remarks>
/// Left alone, one flipped bit would stop the start, or, in a length near the end, pass for a record that a crash cut short, and take what
/// follows with it. A record is a header (masked CRC-32C of type and data, length, type) and data, within a block of 32 KB
/// (RocksDB wiki, "Write Ahead Log File Format"). The difference between the stored and the found CRC is different for each single bit of a
/// record, so that the bit is not guessed: a correction is made only where the record's checksum then agrees. More damage than that is left as it is.
/// </remarks>
internal static class LogRepair
{
    public const int BlockBytes = 32 << 10;

    private const int HeaderBytes = 7;
    private const int LengthOffset = 4, TypeOffset = 6;

    /// <returns>The places that were corrected, as file and offset.</returns>
    public static IReadOnlyList<string> RepairFiles(string folder)
    {
        var corrected = new List<string>();
        if (Directory.Exists(folder))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.log").Concat(Directory.EnumerateFiles(folder, "MANIFEST-*")).Order())
            {
                RepairFile(file, corrected);
            }
        }
        return corrected;
    }

    /// <summary>Corrects flipped bits in one block, which ends where the file does if it is the last one.</summary>
    /// <returns>The offsets of the bytes that changed.</returns>
    public static List<int> RepairBlock(Span<byte> block)
    {
        var corrected = new List<int>();
        for (var at = 0; block.Length - at >= HeaderBytes && !IsPadding(block[at..]); at += HeaderBytes + LengthOf(block[at..]))
        {
            var record = block[at..];
            if (IsWhole(record))
            {
                continue;
            }
            if (Correct(record) is not { } offset)
            {
                // Cut short by a crash, or damaged beyond a bit: RocksDB tells the two apart.
                break;
            }
            corrected.Add(at + offset);
        }
        return corrected;
    }

    private static void RepairFile(string path, List<string> corrected)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        var block = new byte[BlockBytes];
        for (var start = 0L; start < file.Length; start += BlockBytes)
        {
            file.Position = start;
            var length = file.ReadAtLeast(block, BlockBytes, throwOnEndOfStream: false);
            foreach (var offset in RepairBlock(block.AsSpan(0, length)))
            {
                file.Position = start + offset;
                file.WriteByte(block[offset]);
                corrected.Add($"{Path.GetFileName(path)} at {start + offset}");
            }
        }
        if (corrected.Count > 0)
        {
            file.Flush(flushToDisk: true);
        }
    }

    /// <returns>The offset of the byte that was corrected, or null if no single bit explains the damage.</returns>
    private static int? Correct(Span<byte> record) =>
        CorrectBit(record, 0, HeaderBytes - 1) ?? (Fits(record) ? CorrectContent(record) : null);

    /// <summary>The checksum and the length: every bit of them is tried.</summary>
    private static int? CorrectBit(Span<byte> record, int from, int to)
    {
        for (var bit = from * 8; bit < to * 8; bit++)
        {
            record[bit / 8] ^= (byte)(1 << (bit % 8));
            if (IsWhole(record))
            {
                return bit / 8;
            }
            record[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        return null;
    }

    /// <summary>Type and data: the difference of the checksums tells the bit.</summary>
    private static int? CorrectContent(Span<byte> record)
    {
        var content = record[TypeOffset..(HeaderBytes + LengthOf(record))];
        var difference = Crc32C.Of(content) ^ Unmask(BinaryPrimitives.ReadUInt32LittleEndian(record));
        Span<uint> ofBit = stackalloc uint[8];
        for (var bit = 0; bit < 8; bit++)
        {
            ofBit[bit] = BitOperations.Crc32C(0, (byte)(1 << bit));
        }
        for (var i = content.Length - 1; i >= 0; i--)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                if (ofBit[bit] == difference)
                {
                    content[i] ^= (byte)(1 << bit);
                    return TypeOffset + i;
                }
                ofBit[bit] = BitOperations.Crc32C(ofBit[bit], (byte)0);
            }
        }
        return null;
    }

    private static bool IsPadding(ReadOnlySpan<byte> record) => record[..HeaderBytes].IndexOfAnyExcept((byte)0) < 0;

    private static bool IsWhole(ReadOnlySpan<byte> record) =>
        Fits(record) && Unmask(BinaryPrimitives.ReadUInt32LittleEndian(record)) == Crc32C.Of(record[TypeOffset..(HeaderBytes + LengthOf(record))]);

    private static bool Fits(ReadOnlySpan<byte> record) => HeaderBytes + LengthOf(record) <= record.Length;

    private static int LengthOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt16LittleEndian(record[LengthOffset..]);

    /// <summary>RocksDB stores CRCs rotated and shifted, so that a CRC over data that has CRCs in it is no worse.</summary>
    private static uint Unmask(uint masked) => BitOperations.RotateLeft(masked - 0xa282ead8u, 15);
}
