using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Krewe.Protocols.Xmpp.Xml;

/// <summary>
/// Writes elements. Namespaces are declared where they change; nothing goes out unescaped but what an <see cref="XmlStreamReader"/>
/// has checked. May be used anew after <see cref="Begin"/>.
/// </summary>
public sealed class XmlWriter
{
    private IBufferWriter<byte> _output = null!;
    private (XmlName? Name, XmlNamespace Default)[] _open = new (XmlName?, XmlNamespace)[8];
    private int _depth;
    private bool _inTag;
    private string? _prefix;

    /// <summary>The default namespace at this place.</summary>
    internal XmlNamespace Default => _open[_depth].Default;

    internal IBufferWriter<byte> Output => _output;

    /// <summary>Begins to write where a default namespace and possibly one prefix are in force.</summary>
    /// <param name="around">The default namespace of the place; <see cref="XmlNamespace.None"/> at the beginning of a document.</param>
    /// <param name="prefix">A prefix that needs no declaration, as <c>stream</c> within a stream.</param>
    public XmlWriter Begin(IBufferWriter<byte> output, XmlNamespace around, string? prefix = null)
    {
        (_output, _prefix, _depth, _inTag) = (output, prefix, 0, false);
        _open[0] = (null, around);
        return this;
    }

    public XmlWriter Start(XmlName name)
    {
        CloseTag();
        _output.Write("<"u8);
        _output.Write(name.Qualified);
        var inner = Default;
        if (name.Prefix is null)
        {
            if (inner != name.Namespace) Declare(default, name.Namespace.Utf8);
            inner = name.Namespace;
        }
        // Declared anew at each depth: there are one or two of them in a document.
        else if (name.Prefix != _prefix) Declare(name.Qualified[..name.Qualified.IndexOf((byte)':')], name.Namespace.Utf8);
        if (++_depth == _open.Length) Array.Resize(ref _open, _depth * 2);
        _open[_depth] = (name, inner);
        _inTag = true;
        return this;
    }

    public XmlWriter Attribute(ReadOnlySpan<byte> name, ReadOnlySpan<char> value)
    {
        BeginAttribute(name);
        XmlEscape.Attribute(value, _output);
        _output.Write("'"u8);
        return this;
    }

    public XmlWriter Attribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        BeginAttribute(name);
        XmlEscape.Attribute(value, _output);
        _output.Write("'"u8);
        return this;
    }

    /// <summary>An attribute that is left out if there is no value.</summary>
    public XmlWriter Optional(ReadOnlySpan<byte> name, string? value) => value is null ? this : Attribute(name, value.AsSpan());

    /// <summary>What language the text is in: <c>xml:lang</c>.</summary>
    public XmlWriter Language(string? value) => value is null ? this : Attribute("xml:lang"u8, value.AsSpan());

    public XmlWriter Text(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return this;
        CloseTag();
        XmlEscape.Text(text, _output);
        return this;
    }

    /// <summary>Base64 and other text in ASCII.</summary>
    public XmlWriter Text(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return this;
        CloseTag();
        XmlEscape.Attribute(text, _output);
        return this;
    }

    public XmlWriter End()
    {
        if (_inTag) _output.Write("/>"u8);
        else
        {
            _output.Write("</"u8);
            _output.Write(_open[_depth].Name!.Qualified);
            _output.Write(">"u8);
        }
        _inTag = false;
        _depth--;
        return this;
    }

    /// <summary>The XML declaration.</summary>
    public XmlWriter Prolog()
    {
        _output.Write("<?xml version='1.0'?>"u8);
        return this;
    }

    /// <summary>Declares another default namespace for the children of an element that has a prefix.</summary>
    public XmlWriter DeclareDefault(XmlNamespace ns)
    {
        Declare(default, ns.Utf8);
        _open[_depth].Default = ns;
        return this;
    }

    /// <summary>Ends the start tag that was begun last: the stream goes on.</summary>
    public XmlWriter LeaveOpen()
    {
        CloseTag();
        return this;
    }

    /// <summary>An element without content.</summary>
    public XmlWriter Empty(XmlName name) => Start(name).End();

    /// <summary>An element with nothing but text.</summary>
    public XmlWriter Leaf(XmlName name, ReadOnlySpan<char> text) => Start(name).Text(text).End();

    /// <summary>An element as it was read, with everything in it.</summary>
    public XmlWriter Copy(XmlElement element)
    {
        CloseTag();
        XmlCopy.Write(element, this);
        return this;
    }

    /// <summary>Elements that were captured from a stanza, within one.</summary>
    public XmlWriter Copy(XmlPayload payload)
    {
        if (payload.IsEmpty) return this;
        CloseTag();
        _output.Write(payload.Utf8);
        return this;
    }

    internal void Declare(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> uri)
    {
        _output.Write(" xmlns"u8);
        if (!prefix.IsEmpty) _output.Write(":"u8);
        _output.Write(prefix);
        _output.Write("='"u8);
        XmlEscape.Attribute(uri, _output);
        _output.Write("'"u8);
    }

    private void BeginAttribute(ReadOnlySpan<byte> name)
    {
        if (!_inTag) ThrowOutside();
        _output.Write(" "u8);
        _output.Write(name);
        _output.Write("='"u8);
    }

    private void CloseTag()
    {
        if (!_inTag) return;
        _output.Write(">"u8);
        _inTag = false;
    }

    [DoesNotReturn]
    private static void ThrowOutside() => throw new InvalidOperationException("Attributes come before content.");
}
