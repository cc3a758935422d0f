using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Krewe.Core.Mailboxes;

/// <summary>Writes tagged fields into a span that is large enough.</summary>
internal ref struct FieldWriter(Span<byte> output)
{
    /// <summary>A tag byte and a varint of 64 bits.</summary>
    public const int MaxOverhead = 11;

    private readonly Span<byte> _output = output;

    public int Position { get; private set; }

    public void Byte(byte value) => _output[Position++] = value;

    public void Number(int field, ulong value)
    {
        Byte((byte)(field << 1));
        Varint(value);
    }

    public void Text(int field, string? value)
    {
        if (value is null)
        {
            return;
        }
        Byte((byte)((field << 1) | 1));
        Varint((ulong)Encoding.UTF8.GetByteCount(value));
        Position += Encoding.UTF8.GetBytes(value, _output[Position..]);
    }

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Byte((byte)((field << 1) | 1));
        Varint((ulong)value.Length);
        value.CopyTo(_output[Position..]);
        Position += value.Length;
    }

    private void Varint(ulong value)
    {
        for (; value > 0x7f; value >>= 7)
        {
            Byte((byte)(value | 0x80));
        }
        Byte((byte)value);
    }
}

/// <summary>Reads tagged fields; false on bytes that no <see cref="FieldWriter"/> wrote, never an exception.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> input)
{
    private ReadOnlySpan<byte> _rest = input;

    public readonly bool AtEnd => _rest.IsEmpty;

    public bool TryRead(out int field, out ulong number, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        field = _rest[0] >> 1;
        var hasBytes = (_rest[0] & 1) != 0;
        _rest = _rest[1..];
        if (!TryVarint(out number))
        {
            return false;
        }
        if (!hasBytes)
        {
            return true;
        }
        if (number > (ulong)_rest.Length)
        {
            return false;
        }
        bytes = _rest[..(int)number];
        _rest = _rest[(int)number..];
        return true;
    }

    private bool TryVarint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < _rest.Length && i < 10; i++)
        {
            value |= (ulong)(_rest[i] & 0x7f) << (7 * i);
            if (_rest[i] <= 0x7f)
            {
                _rest = _rest[(i + 1)..];
                return true;
            }
        }
        return false;
    }
}

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4): one instruction for eight bytes on x64 and arm64, and it finds every flipped bit.</summary>
public static class Crc32C
{
    public const uint Start = uint.MaxValue;

    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }
        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }
        return crc;
    }

    public static uint Append(uint crc, ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            crc = BitOperations.Crc32C(crc, c);
        }
        return crc;
    }

    public static uint End(uint crc) => ~crc;

    public static uint Of(ReadOnlySpan<byte> bytes) => End(Append(Start, bytes));
}
