using System.Text;

namespace Krewe.Protocols.Xmpp.Xml;

/// <summary>A namespace that the server knows by name. There is one object for each: the writer compares by reference.</summary>
public sealed class XmlNamespace
{
    private readonly byte[] _utf8;

    public XmlNamespace(string uri) => (Uri, _utf8) = (uri, Encoding.UTF8.GetBytes(uri));

    /// <summary>What an element without any declaration is in.</summary>
    public static XmlNamespace None { get; } = new("");

    /// <summary>What the prefix <c>xml</c> is bound to (Namespaces in XML, section 3).</summary>
    public static XmlNamespace Xml { get; } = new("http://www.w3.org/XML/1998/namespace");

    public string Uri { get; }

    public ReadOnlySpan<byte> Utf8 => _utf8;

    public override string ToString() => Uri;
}

/// <summary>The name of an element that the server knows: namespace and local name.</summary>
public sealed class XmlName
{
    private readonly byte[] _local;
    private readonly byte[] _qualified;

    /// <param name="prefix">With it the element is written, rather than by a default namespace: for names that clients expect so.</param>
    public XmlName(XmlNamespace ns, string local, string? prefix = null)
    {
        (Namespace, Prefix) = (ns, prefix);
        _local = Encoding.UTF8.GetBytes(local);
        _qualified = prefix is null ? _local : Encoding.UTF8.GetBytes($"{prefix}:{local}");
    }

    public XmlNamespace Namespace { get; }

    public ReadOnlySpan<byte> Local => _local;

    internal string? Prefix { get; }

    internal ReadOnlySpan<byte> Qualified => _qualified;

    public override string ToString() => $"{{{Namespace}}}{Encoding.UTF8.GetString(_local)}";
}
