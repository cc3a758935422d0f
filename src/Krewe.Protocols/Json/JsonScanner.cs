using System.Buffers;
using System.Text.Unicode;

namespace Krewe.Protocols.Json;

/// <summary>Walks one JSON text (RFC 8259) strictly, without exceptions: beyond the grammar it refuses bad UTF-8, lone surrogates, U+0000,
/// a name twice in one object, and nesting deeper than a bound (RFC 7493 asks for most of it).</summary>
internal ref struct JsonScanner(ReadOnlySpan<byte> text, int maxDepth)
{
    // What ends the plain run inside a string: the quote, the escape, and what must not stand there unescaped.
    private static readonly SearchValues<byte> StringStops = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(c => (byte)c), (byte)'"', (byte)'\\']);

    private readonly ReadOnlySpan<byte> _text = text;
    private readonly int _maxDepth = maxDepth;
    private NameSets _names;
    private int _depth;

    /// <summary>Where it is, in bytes.</summary>
    public int Position { get; private set; }

    /// <summary>Why the last call gave false; null before.</summary>
    public string? Error { get; private set; }

    public bool TryEnd()
    {
        SkipWhitespace();
        return Position == _text.Length || Fail("There is more after the JSON value.");
    }

    /// <summary>Begins an object, if the next thing is one.</summary>
    public bool TryBeginObject()
    {
        SkipWhitespace();
        if (Position == _text.Length) return Fail("The JSON ends too early.");
        if (_text[Position] != '{') return Fail("A JSON object is expected.");
        Position++;
        _names.Open();
        return ++_depth <= _maxDepth || Fail(DepthText);
    }

    /// <summary>Goes to the next member of the object that was begun: false at its end and on an error.</summary>
    /// <param name="name">Sound even on an error, if the name itself is sound.</param>
    public bool TryNextMember(bool first, out JsonToken name)
    {
        name = default;
        if (!TryByte(out var next)) return false;
        if (next == '}')
        {
            Position++;
            _depth--;
            _names.Close();
            return false;
        }
        if (!first)
        {
            if (next != ',') return Fail("A comma or the object's end is expected.");
            Position++;
            if (!TryByte(out next)) return false;
        }
        if (next != '"') return Fail("A member's name is expected.");
        if (!TryString(out var token)) return false;
        name = token;
        if (!_names.TryAdd(_text, name)) return Fail("A member is given twice.");
        if (!TryByte(out next)) return false;
        if (next != ':') return Fail("A colon is expected after a member's name.");
        Position++;
        return true;
    }

    /// <summary>Reads any value through to its end.</summary>
    public bool TryValue(out JsonKind kind, out JsonToken value)
    {
        (kind, value) = (default, default);
        if (!TryByte(out var next)) return false;
        var start = Position;
        if (next == '"')
        {
            kind = JsonKind.String;
            return TryString(out value);
        }
        kind = next switch
        {
            (byte)'{' => JsonKind.Object,
            (byte)'[' => JsonKind.Array,
            (byte)'t' or (byte)'f' => JsonKind.Boolean,
            (byte)'n' => JsonKind.Null,
            _ => JsonKind.Number,
        };
        var sound = kind switch
        {
            JsonKind.Object => TryObject(),
            JsonKind.Array => TryArray(),
            JsonKind.Boolean => TryWord(next == 't' ? "true"u8 : "false"u8),
            JsonKind.Null => TryWord("null"u8),
            _ => TryNumber(),
        };
        value = new(start, Position - start, false);
        return sound;
    }

    private bool TryObject()
    {
        if (!TryBeginObject()) return false;
        for (var first = true; TryNextMember(first, out _); first = false)
            if (!TryValue(out _, out _)) return false;
        return Error is null;
    }

    private bool TryArray()
    {
        for (var first = true; TryNextElement(first, out _, out _); first = false) ;
        return Error is null;
    }

    /// <summary>Goes through an array: false at its end and on an error.</summary>
    /// <param name="first">True: goes into the array that begins here.</param>
    public bool TryNextElement(bool first, out JsonKind kind, out JsonToken value)
    {
        (kind, value) = (default, default);
        if (first)
        {
            Position++;
            if (++_depth > _maxDepth) return Fail(DepthText);
        }
        if (!TryByte(out var next)) return false;
        if (next == ']')
        {
            Position++;
            _depth--;
            return false;
        }
        if (!first)
        {
            if (next != ',') return Fail("A comma or the array's end is expected.");
            Position++;
        }
        return TryValue(out kind, out value);
    }

    private bool TryString(out JsonToken token)
    {
        token = default;
        var start = ++Position;
        var escaped = false;
        while (true)
        {
            var run = _text[Position..].IndexOfAny(StringStops);
            if (run < 0) return Fail("A string does not end.");
            Position += run;
            var stop = _text[Position];
            if (stop == '"') break;
            if (stop != '\\') return Fail("A control character stands unescaped in a string.");
            escaped = true;
            if (!TryEscape()) return false;
        }
        var content = new JsonToken(start, Position - start, escaped);
        Position++;
        if (!Utf8.IsValid(content.Of(_text))) return Fail("A string is not valid UTF-8.");
        token = content;
        return true;
    }

    private bool TryEscape()
    {
        if (Position + 1 >= _text.Length) return Fail("A string does not end.");
        switch (_text[Position + 1])
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                Position += 2;
                return true;
            case (byte)'u':
                if (!TryHex(Position + 2, out var unit)) return Fail("An escape is not \\u and four hexadecimal digits.");
                Position += 6;
                if (unit == 0) return Fail("U+0000 is not allowed.");
                if (!char.IsSurrogate(unit)) return true;
                if (char.IsLowSurrogate(unit) || Position + 5 >= _text.Length || _text[Position] != '\\' || _text[Position + 1] != 'u'
                    || !TryHex(Position + 2, out var low) || !char.IsLowSurrogate(low)) return Fail("A surrogate stands alone.");
                Position += 6;
                return true;
            default:
                return Fail("An escape is unknown.");
        }
    }

    private readonly bool TryHex(int at, out char unit)
    {
        unit = default;
        if (at + 4 > _text.Length) return false;
        var value = 0;
        foreach (var digit in _text.Slice(at, 4))
        {
            if (!char.IsAsciiHexDigit((char)digit)) return false;
            value = (value << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }
        unit = (char)value;
        return true;
    }

    // number = [ minus ] int [ frac ] [ exp ] (RFC 8259, section 6)
    private bool TryNumber()
    {
        if (At('-')) Position++;
        if (At('0')) Position++;
        else if (Digits() == 0) return Fail("A JSON value is expected.");
        if (At('.'))
        {
            Position++;
            if (Digits() == 0) return Fail("A number has no digit after its point.");
        }
        if (!At('e') && !At('E')) return true;
        Position++;
        if (At('+') || At('-')) Position++;
        return Digits() > 0 || Fail("A number has no digit in its exponent.");
    }

    private readonly bool At(char c) => Position < _text.Length && _text[Position] == c;

    private int Digits()
    {
        var run = _text[Position..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        var count = run < 0 ? _text.Length - Position : run;
        Position += count;
        return count;
    }

    private bool TryWord(ReadOnlySpan<byte> word)
    {
        if (!_text[Position..].StartsWith(word)) return Fail("A JSON value is expected.");
        Position += word.Length;
        return true;
    }

    private bool TryByte(out byte next)
    {
        SkipWhitespace();
        next = Position < _text.Length ? _text[Position] : default;
        return Position < _text.Length || Fail("The JSON ends too early.");
    }

    private void SkipWhitespace()
    {
        while (Position < _text.Length && _text[Position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') Position++;
    }

    private readonly string DepthText => $"The JSON is nested deeper than {_maxDepth} levels.";

    private bool Fail(string reason)
    {
        Error = reason;
        return false;
    }
}
