namespace Krewe.Protocols.Xmpp.Xml;

/// <summary>An element or a run of text: where it lies in the fragment's bytes.</summary>
internal struct XmlNode
{
    /// <summary>Of an element: its <c>&lt;</c>. Of text: the first byte.</summary>
    public int Start;

    /// <summary>After its last byte.</summary>
    public int End;

    /// <summary>After the start tag; 0 for text.</summary>
    public int TagEnd;

    /// <summary>After the qualified name.</summary>
    public int NameEnd;

    /// <summary>Bytes of the prefix without its colon.</summary>
    public int PrefixLength;

    /// <summary>The binding of its namespace.</summary>
    public int Binding;

    /// <summary>How many bindings there were before its start tag: what it refers to below that was declared outside of it.</summary>
    public int OuterBindings;

    /// <summary>The binding of the default namespace around it.</summary>
    public int OuterDefault;

    public int FirstAttribute;

    public int Attributes;

    /// <summary>The node after it and all that is in it.</summary>
    public int Next;

    public XmlNodeKind Kind;

    public readonly int LocalStart => Start + 1 + (PrefixLength > 0 ? PrefixLength + 1 : 0);

    public readonly bool IsElement => Kind == XmlNodeKind.Element;
}

internal enum XmlNodeKind
{
    Element,
    Text,
    CData,
}

/// <summary>An attribute in the fragment's bytes.</summary>
internal struct XmlAttribute
{
    public int Start;
    public int NameEnd;
    public int PrefixLength;
    public int ValueStart;
    public int ValueEnd;

    /// <summary>Of a prefixed one, the binding of its namespace; else <see cref="XmlBinding.None"/>.</summary>
    public int Binding;

    /// <summary>It declares a namespace.</summary>
    public bool Declares;

    /// <summary>The value has references or white space to be normalised.</summary>
    public bool Coded;

    public readonly int LocalStart => Start + (PrefixLength > 0 ? PrefixLength + 1 : 0);
}

/// <summary>A prefix and what it stands for, from one start tag on.</summary>
internal struct XmlBinding
{
    /// <summary>No namespace.</summary>
    public const int None = -1;

    /// <summary>The prefix <c>xml</c>, which needs no declaration.</summary>
    public const int Xml = -2;

    /// <summary>Where the two lie, if not in the fragment's bytes.</summary>
    public byte[]? Own;

    public int PrefixStart;
    public int PrefixLength;
    public int UriStart;
    public int UriLength;

    /// <summary>The one in force before it.</summary>
    public int Before;
}
