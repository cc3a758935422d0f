using System.Buffers;

namespace Krewe.Protocols.Xmpp.Xml;

/// <summary>What a stream of bytes came to.</summary>
public enum XmlReadStatus
{
    /// <summary>All bytes are taken in; nothing is complete.</summary>
    NeedMore,

    /// <summary>The start tag of the document: the stream's header.</summary>
    StreamStart,

    /// <summary>An element directly within the document, or the document itself where each is one of its own.</summary>
    Stanza,

    /// <summary>The end tag of the document.</summary>
    StreamEnd,

    /// <summary>See <see cref="XmlStreamReader.Fault"/>; nothing more is read.</summary>
    Invalid,
}

/// <summary>How elements come.</summary>
public enum XmlFraming
{
    /// <summary>Within one document that lasts as long as the stream (RFC 6120).</summary>
    Stream,

    /// <summary>Each as a document of its own (RFC 7395).</summary>
    Documents,
}

/// <summary>
/// Reads the XML of a stream as it comes, in pieces of any size. It keeps the bytes of the element under way and nothing else;
/// a tag is checked once its last byte is there, text once the next tag begins.
/// </summary>
public sealed class XmlStreamReader(XmlLimits limits, XmlFraming framing = XmlFraming.Stream)
{
    // "<?xml version='1.0' encoding='utf-8' standalone='yes'?>" and room for white space.
    private const int MaxDeclarationBytes = 128;

    private readonly XmlFragment _fragment = new();
    private readonly XmlOpenElements _open = new();
    private XmlBinding[] _around = [];
    private byte[] _rootName = [];
    private int _head = XmlBinding.None;
    private int _token;
    private byte _quote;
    private bool _begun;
    private State _state = framing == XmlFraming.Stream ? State.Prolog : State.Between;

    private enum State
    {
        /// <summary>Before the document.</summary>
        Prolog,
        /// <summary>Between stanzas.</summary>
        Between,
        /// <summary>After a <c>&lt;</c>.</summary>
        Markup,
        StartTag,
        EndTag,
        Text,
        /// <summary>After <c>&lt;!</c>.</summary>
        Bang,
        CData,
        Declaration,
        /// <summary>After the document, or what was wrong.</summary>
        Ended,
    }

    internal static ReadOnlySpan<byte> CDataStart => "<![CDATA["u8;

    internal static ReadOnlySpan<byte> CDataEnd => "]]>"u8;

    /// <summary>May be changed between two stanzas.</summary>
    public XmlLimits Limits { get; set; } = limits;

    /// <summary>The header or the stanza that was read last; good until the next read.</summary>
    public XmlElement Element => _fragment.Root;

    /// <summary>What is wrong, after <see cref="XmlReadStatus.Invalid"/>.</summary>
    public XmlFault Fault { get; private set; }

    /// <summary>Is no element under way?</summary>
    public bool IsBetween => _state is State.Between or State.Prolog;

    /// <summary>Reads up to the next complete thing.</summary>
    /// <param name="input">Loses what was taken in.</param>
    public XmlReadStatus Read(ref ReadOnlySequence<byte> input)
    {
        while (!input.IsEmpty)
        {
            var status = Read(input.FirstSpan, out var taken);
            input = input.Slice(taken);
            if (status != XmlReadStatus.NeedMore) return status;
        }
        return XmlReadStatus.NeedMore;
    }

    /// <summary>Begins a document anew, as after TLS or login; what it would go on with is forgotten.</summary>
    public void Restart()
    {
        _fragment.Release();
        _open.Release();
        (_around, _rootName, Fault) = ([], [], XmlFault.None);
        (_head, _quote, _begun) = (XmlBinding.None, 0, false);
        _state = framing == XmlFraming.Stream ? State.Prolog : State.Between;
    }

    /// <summary>Gives borrowed memory back, while no element is under way; <see cref="Element"/> ends.</summary>
    public void Release()
    {
        if (!IsBetween && _state != State.Ended) return;
        _fragment.Release();
        _open.Release();
    }

    /// <summary>Reads from one piece.</summary>
    /// <param name="taken">Of the piece, how many bytes are done with.</param>
    public XmlReadStatus Read(ReadOnlySpan<byte> piece, out int taken)
    {
        taken = 0;
        while (taken < piece.Length)
        {
            var rest = piece[taken..];
            var status = _state switch
            {
                State.Prolog or State.Between => ReadBetween(rest, ref taken),
                State.Markup => ReadMarkup(rest[0]),
                State.StartTag or State.EndTag => ReadTag(rest, ref taken),
                State.Text => ReadText(rest, ref taken),
                State.Bang => ReadBang(rest[0], ref taken),
                State.CData or State.Declaration => ReadToAngle(rest, ref taken),
                _ => Fault.IsNone ? Fail(XmlFault.NotWellFormed("The document has ended.")) : XmlReadStatus.Invalid,
            };
            if (status != XmlReadStatus.NeedMore) return status;
        }
        return XmlReadStatus.NeedMore;
    }

    private XmlReadStatus ReadBetween(ReadOnlySpan<byte> rest, ref int taken)
    {
        var at = rest.IndexOfAnyExcept(" \t\r\n"u8);
        if (at < 0)
        {
            taken += rest.Length;
            return XmlReadStatus.NeedMore;
        }
        if (rest[at] != '<')
        {
            return Fail(_state == State.Prolog
                ? XmlFault.NotWellFormed("The document begins with a tag.")
                : new XmlFault(XmlFaultKind.BadFormat, "There is text only within stanzas."));
        }
        _fragment.Begin(_around);
        _head = _around.Length - 1;
        _token = 0;
        _fragment.Append("<"u8);
        taken += at + 1;
        _state = State.Markup;
        return XmlReadStatus.NeedMore;
    }

    private XmlReadStatus ReadMarkup(byte next)
    {
        switch (next)
        {
            case (byte)'/' when _open.Depth > 0 || (framing == XmlFraming.Stream && _rootName.Length > 0):
                _state = State.EndTag;
                break;
            case (byte)'!' when _open.Depth > 0:
                _state = State.Bang;
                break;
            case (byte)'!':
                return Fail(XmlFault.Restricted("Streams have no comments and no document types."));
            case (byte)'?' when IsProlog && !_begun:
                _state = State.Declaration;
                break;
            case (byte)'?':
                return Fail(XmlFault.Restricted("Streams have no processing instructions."));
            default:
                _state = State.StartTag;
                break;
        }
        _begun = true;
        return XmlReadStatus.NeedMore;
    }

    private bool IsProlog => framing == XmlFraming.Stream && _rootName.Length == 0;

    private XmlReadStatus ReadTag(ReadOnlySpan<byte> rest, ref int taken)
    {
        while (true)
        {
            var at = _quote == 0 ? rest.IndexOfAny((byte)'>', (byte)'\'', (byte)'"') : rest.IndexOf(_quote);
            var part = at < 0 ? rest : rest[..(at + 1)];
            if (part.Contains((byte)'<')) return Fail(XmlFault.NotWellFormed("A tag has no < in it."));
            if (!TryAppend(part, ref taken)) return XmlReadStatus.Invalid;
            if (at < 0) return XmlReadStatus.NeedMore;
            rest = rest[(at + 1)..];
            if (part[^1] == '>' && _quote == 0) return _state == State.StartTag ? Open() : Close();
            _quote = _quote == 0 ? part[^1] : (byte)0;
        }
    }

    private XmlReadStatus ReadText(ReadOnlySpan<byte> rest, ref int taken)
    {
        var at = rest.IndexOf((byte)'<');
        if (!TryAppend(at < 0 ? rest : rest[..at], ref taken)) return XmlReadStatus.Invalid;
        if (at < 0) return XmlReadStatus.NeedMore;
        if (_fragment.Length > _token)
        {
            if (XmlCharacters.CheckText(_fragment.Slice(_token, _fragment.Length)) is { IsNone: false } fault) return Fail(fault);
            if (!AddText(XmlNodeKind.Text)) return XmlReadStatus.Invalid;
        }
        _token = _fragment.Length;
        if (!TryAppend("<"u8, ref taken)) return XmlReadStatus.Invalid;
        _state = State.Markup;
        return XmlReadStatus.NeedMore;
    }

    private XmlReadStatus ReadBang(byte next, ref int taken)
    {
        var at = _fragment.Length - _token;
        if (next != CDataStart[at])
        {
            return Fail(at == 2 && (next == '-' || char.IsAsciiLetterUpper((char)next))
                ? XmlFault.Restricted("Streams have no comments and no document types.")
                : XmlFault.NotWellFormed("After <! stands [CDATA[."));
        }
        if (!TryAppend([next], ref taken)) return XmlReadStatus.Invalid;
        if (at + 1 == CDataStart.Length) _state = State.CData;
        return XmlReadStatus.NeedMore;
    }

    private XmlReadStatus ReadToAngle(ReadOnlySpan<byte> rest, ref int taken)
    {
        var at = rest.IndexOf((byte)'>');
        if (!TryAppend(at < 0 ? rest : rest[..(at + 1)], ref taken)) return XmlReadStatus.Invalid;
        var token = _fragment.Slice(_token, _fragment.Length);
        if (_state == State.Declaration)
        {
            if (XmlDeclaration.CannotBe(token)) return Fail(XmlFault.Restricted("Streams have no processing instructions."));
            if (token.Length > MaxDeclarationBytes) return Fail(XmlFault.NotWellFormed("The XML declaration is too long."));
            if (at < 0 || !token.EndsWith("?>"u8)) return XmlReadStatus.NeedMore;
            if (XmlDeclaration.Check(token) is { IsNone: false } fault) return Fail(fault);
            _state = State.Prolog;
            return XmlReadStatus.NeedMore;
        }
        if (at < 0 || token.Length < CDataStart.Length + CDataEnd.Length || !token.EndsWith(CDataEnd)) return XmlReadStatus.NeedMore;
        if (!XmlCharacters.AreAllowed(token)) return Fail(XmlCharacters.NotAllowed);
        if (!AddText(XmlNodeKind.CData)) return XmlReadStatus.Invalid;
        (_state, _token) = (State.Text, _fragment.Length);
        return XmlReadStatus.NeedMore;
    }

    private XmlReadStatus Open()
    {
        var before = _head;
        if (XmlTags.Read(_fragment, _token, Limits, ref _head, out var node, out var empty) is { IsNone: false } fault) return Fail(fault);
        if (IsProlog) return Begin(in node, empty);
        if (_open.Depth == Limits.Depth) return Fail(XmlFault.TooMuch($"Elements are nested at most {Limits.Depth} deep."));
        if (_fragment.NodeCount == Limits.Nodes) return Fail(TooManyNodes);
        var index = _fragment.Add(node);
        _open.Push(index, before);
        if (empty) return Leave();
        (_state, _token) = (State.Text, _fragment.Length);
        return XmlReadStatus.NeedMore;
    }

    private XmlReadStatus Close()
    {
        var tag = _fragment.Slice(_token + 2, _fragment.Length - 1);
        var name = tag.TrimEnd(" \t\r\n"u8);
        if (_open.Depth > 0)
        {
            ref var node = ref _fragment.Node(_open.Innermost);
            if (!name.SequenceEqual(_fragment.Slice(node.Start + 1, node.NameEnd))) return Fail(XmlFault.NotWellFormed("An end tag has the name of its start tag."));
            return Leave();
        }
        if (!name.SequenceEqual(_rootName)) return Fail(XmlFault.NotWellFormed("An end tag has the name of its start tag."));
        _state = State.Ended;
        return XmlReadStatus.StreamEnd;
    }

    /// <summary>An element is complete.</summary>
    private XmlReadStatus Leave()
    {
        (var left, _head) = _open.Pop();
        ref var node = ref _fragment.Node(left);
        (node.End, node.Next) = (_fragment.Length, _fragment.NodeCount);
        _state = _open.Depth == 0 ? State.Between : State.Text;
        _token = _fragment.Length;
        return _open.Depth == 0 ? XmlReadStatus.Stanza : XmlReadStatus.NeedMore;
    }

    /// <summary>The document begins: its declarations hold for every stanza.</summary>
    private XmlReadStatus Begin(in XmlNode root, bool empty)
    {
        ref var node = ref _fragment.Node(_fragment.Add(root));
        (node.End, node.Next) = (_fragment.Length, _fragment.NodeCount);
        _rootName = _fragment.Slice(node.Start + 1, node.NameEnd).ToArray();
        _around = _fragment.CopyBindings();
        _state = empty ? State.Ended : State.Between;
        return XmlReadStatus.StreamStart;
    }

    private bool AddText(XmlNodeKind kind)
    {
        if (_fragment.NodeCount == Limits.Nodes)
        {
            Fail(TooManyNodes);
            return false;
        }
        _fragment.Add(new XmlNode { Kind = kind, Start = _token, End = _fragment.Length, Next = _fragment.NodeCount + 1, Binding = XmlBinding.None });
        return true;
    }

    private XmlFault TooManyNodes => XmlFault.TooMuch($"A stanza has at most {Limits.Nodes} elements and runs of text.");

    private bool TryAppend(ReadOnlySpan<byte> bytes, ref int taken)
    {
        if (_fragment.Length + bytes.Length > Limits.StanzaBytes)
        {
            Fail(XmlFault.TooMuch($"A stanza has at most {Limits.StanzaBytes} bytes."));
            return false;
        }
        _fragment.Append(bytes);
        taken += bytes.Length;
        return true;
    }

    private XmlReadStatus Fail(XmlFault fault)
    {
        (Fault, _state) = (fault, State.Ended);
        return XmlReadStatus.Invalid;
    }
}
