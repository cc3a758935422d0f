using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Krewe.Protocols.Xmpp.Xml;

/// <summary>A place in an <see cref="XmlFragment"/>: one element. Costs nothing to pass around; <c>default</c> is no element.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "A cursor is not compared.")]
public readonly struct XmlElement
{
    private readonly XmlFragment? _fragment;
    private readonly int _index;

    internal XmlElement(XmlFragment fragment, int index) => (_fragment, _index) = (fragment, index);

    /// <summary>Is there an element?</summary>
    public bool Exists => _fragment is not null;

    public ReadOnlySpan<byte> LocalName => _fragment is null ? default : _fragment.Slice(Node.LocalStart, Node.NameEnd);

    public ReadOnlySpan<byte> Namespace => _fragment is null ? default : _fragment.Uri(Node.Binding);

    /// <summary>The default namespace within it.</summary>
    public ReadOnlySpan<byte> DefaultNamespace
    {
        get
        {
            if (_fragment is null) return default;
            for (var i = Node.FirstAttribute; i < Node.FirstAttribute + Node.Attributes; i++)
            {
                ref var attribute = ref _fragment.Attribute(i);
                if (attribute.Declares && attribute.PrefixLength == 0) return _fragment.Slice(attribute.ValueStart, attribute.ValueEnd);
            }
            return _fragment.Uri(Node.OuterDefault);
        }
    }

    /// <summary>The elements directly in it.</summary>
    public XmlChildren Children => new(_fragment, _index);

    /// <summary>Is there nothing in it but white space?</summary>
    public bool IsEmpty
    {
        get
        {
            if (_fragment is null) return true;
            for (var i = _index + 1; i < Node.Next; i = _fragment.Node(i).Next)
            {
                ref var node = ref _fragment.Node(i);
                if (node.IsElement || _fragment.Slice(node.Start, node.End).IndexOfAnyExcept(" \t\r\n"u8) >= 0) return false;
            }
            return true;
        }
    }

    /// <summary>The text directly in it.</summary>
    public string Text
    {
        get
        {
            if (_fragment is null) return "";
            var first = _index + 1;
            var next = Node.Next;
            if (first == next) return "";
            ref var only = ref _fragment.Node(first);
            if (only.Next == next && !only.IsElement) return ValueOf(in only).ToString();
            var text = new StringBuilder();
            for (var i = first; i < next; i = _fragment.Node(i).Next)
            {
                ref var node = ref _fragment.Node(i);
                if (!node.IsElement) text.Append(ValueOf(in node).ToString());
            }
            return text.ToString();
        }
    }

    internal XmlFragment? Fragment => _fragment;

    /// <summary>Its place among the parts of its fragment: no two elements have the same.</summary>
    public int Index => _index;

    internal ref XmlNode Node => ref _fragment!.Node(_index);

    public bool Is(XmlName name) => LocalName.SequenceEqual(name.Local) && Exists && IsIn(name.Namespace);

    public bool IsIn(XmlNamespace ns) => Namespace.SequenceEqual(ns.Utf8);

    /// <summary>The first child of this name.</summary>
    public XmlElement Find(XmlName name)
    {
        foreach (var child in Children)
        {
            if (child.Is(name)) return child;
        }
        return default;
    }

    /// <summary>The value of an attribute without a prefix; null if there is none.</summary>
    public string? Attribute(ReadOnlySpan<byte> name) => TryAttribute(name, out var value) ? value.ToString() : null;

    public bool TryAttribute(ReadOnlySpan<byte> name, out XmlValue value) => TryAttribute(XmlNamespace.None, name, out value);

    public bool TryAttribute(XmlNamespace ns, ReadOnlySpan<byte> name, out XmlValue value)
    {
        value = default;
        if (_fragment is null) return false;
        var (first, count) = (Node.FirstAttribute, Node.Attributes);
        for (var i = first; i < first + count; i++)
        {
            ref var attribute = ref _fragment.Attribute(i);
            if (attribute.Declares || !_fragment.Slice(attribute.LocalStart, attribute.NameEnd).SequenceEqual(name)) continue;
            if (!_fragment.Uri(attribute.Binding).SequenceEqual(ns.Utf8)) continue;
            value = new XmlValue(_fragment.Slice(attribute.ValueStart, attribute.ValueEnd), attribute.Coded ? XmlCoding.Attribute : XmlCoding.Plain);
            return true;
        }
        return false;
    }

    public override string ToString() => _fragment is null ? "" : Encoding.UTF8.GetString(_fragment.Slice(Node.Start, Node.End));

    private XmlValue ValueOf(in XmlNode node)
    {
        if (node.Kind == XmlNodeKind.CData)
        {
            var content = _fragment!.Slice(node.Start + XmlStreamReader.CDataStart.Length, node.End - XmlStreamReader.CDataEnd.Length);
            return new XmlValue(content, content.Contains((byte)'\r') ? XmlCoding.CData : XmlCoding.Plain);
        }
        var raw = _fragment!.Slice(node.Start, node.End);
        return new XmlValue(raw, raw.IndexOfAny((byte)'&', (byte)'\r') >= 0 ? XmlCoding.Text : XmlCoding.Plain);
    }
}

/// <summary>Walks over the elements directly in one.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "A cursor is not compared.")]
public struct XmlChildren
{
    private readonly XmlFragment? _fragment;
    private readonly int _end;
    private int _next;
    private int _current;

    internal XmlChildren(XmlFragment? fragment, int parent)
    {
        _fragment = fragment;
        (_next, _end) = fragment is null ? (0, 0) : (parent + 1, fragment.Node(parent).Next);
    }

    public readonly XmlElement Current => new(_fragment!, _current);

    public readonly XmlChildren GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_next < _end)
        {
            _current = _next;
            ref var node = ref _fragment!.Node(_current);
            _next = node.Next;
            if (node.IsElement) return true;
        }
        return false;
    }
}
