using System.Globalization;
using Krewe.Core.Connections;

namespace Krewe.Gateway.Transports.WebSocket;

/// <summary>Looks at the headers of a client's frames (RFC 6455, section 5.2) as their bytes go by, and refuses what breaks a rule or a bound
/// before its payload has come.</summary>
/// <remarks>The runtime's WebSocket knows no bound on a message, and closes without a word of explanation.</remarks>
internal sealed class FrameGuard(int maxBytes)
{
    // A message may come in any number of fragments, but not in endless ones without content.
    private const int MaxEmptyFragments = 64;

    private const byte Final = 0x80;
    private const byte Reserved = 0x70;
    private const byte Masked = 0x80;
    private const int MaxControlBytes = 125;
    private const int MaskBytes = 4;

    private Part _part;
    private byte _first;
    private ulong _length;
    private int _lengthBytes;
    private int _mask;
    private bool _inMessage;
    private ulong _messageBytes;
    private int _emptyFragments;

    private enum Part
    {
        First,
        Second,
        Length,
        Mask,
        Payload,
    }

    private enum Opcode
    {
        Continuation = 0,
        Text = 1,
        Binary = 2,
        Close = 8,
        Ping = 9,
        Pong = 10,
    }

    private bool IsControl => (_first & 0x08) != 0;

    /// <summary>Why the connection is to be closed; null while all is well.</summary>
    public CloseReason? Refused { get; private set; }

    /// <summary>Checks the next bytes.</summary>
    /// <returns>How many may go on: all of them, or those of the frames before the one that is refused.</returns>
    public int Check(ReadOnlySpan<byte> bytes)
    {
        var (at, frame) = (0, 0);
        while (at < bytes.Length && Refused is null)
        {
            if (_part == Part.Payload)
            {
                var passed = (int)Math.Min(_length, (ulong)(bytes.Length - at));
                at += passed;
                _length -= (ulong)passed;
                if (_length == 0) _part = Part.First;
                continue;
            }
            if (_part == Part.First) frame = at;
            Refused = Take(bytes[at++]);
        }
        return Refused is null ? at : frame;
    }

    private CloseReason? Take(byte next)
    {
        switch (_part)
        {
            case Part.First:
                _first = next;
                _part = Part.Second;
                return CheckFirst();
            case Part.Second:
                return CheckSecond(next);
            case Part.Length:
                _length = (_length << 8) | next;
                return --_lengthBytes == 0 ? CheckLength() : null;
            default:
                if (++_mask == MaskBytes) _part = _length == 0 ? Part.First : Part.Payload;
                return null;
        }
    }

    private CloseReason? CheckFirst()
    {
        if ((_first & Reserved) != 0) return Broken("No extension was agreed on: the reserved bits are 0.");
        var opcode = (Opcode)(_first & 0x0f);
        if (opcode is (> Opcode.Binary and < Opcode.Close) or > Opcode.Pong) return Broken("There is no such opcode.");
        if (IsControl) return (_first & Final) == 0 ? Broken("A control frame comes in one piece.") : null;
        if (opcode == Opcode.Continuation) return _inMessage ? null : Broken("A continuation has a beginning.");
        if (_inMessage) return Broken("The message before has no end.");
        if (opcode == Opcode.Binary) return Connections.CloseCodes.Binary;
        (_messageBytes, _emptyFragments) = (0, 0);
        return null;
    }

    private CloseReason? CheckSecond(byte second)
    {
        if ((second & Masked) == 0) return Broken("A client masks its frames.");
        var length = second & ~Masked;
        if (IsControl && length > MaxControlBytes) return Broken("A control frame has at most 125 bytes.");
        (_mask, _lengthBytes) = (0, length switch { 126 => 2, 127 => 8, _ => 0 });
        _length = _lengthBytes > 0 ? 0 : (ulong)length;
        _part = Part.Length;
        return _lengthBytes == 0 ? CheckLength() : null;
    }

    private CloseReason? CheckLength()
    {
        _part = Part.Mask;
        if (IsControl) return null;
        if (_length > long.MaxValue) return Broken("A length has 63 bits.");
        _inMessage = (_first & Final) == 0;
        _messageBytes += _length;
        if (_messageBytes > (ulong)maxBytes)
            return CloseReason.TooLarge with { Text = string.Create(CultureInfo.InvariantCulture, $"A message has at most {maxBytes} bytes.") };
        return _inMessage && _length == 0 && ++_emptyFragments > MaxEmptyFragments ? Broken("A message has at most 64 fragments without content.") : null;
    }

    private static CloseReason Broken(string text) => CloseReason.ProtocolError with { Text = text };
}
