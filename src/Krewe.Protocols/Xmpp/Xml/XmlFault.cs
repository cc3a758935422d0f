namespace Krewe.Protocols.Xmpp.Xml;

/// <summary>What is wrong with the bytes, each kind being a stream error of RFC 6120, section 4.9.3.</summary>
public enum XmlFaultKind
{
    None = 0,
    /// <summary>Breaks a rule of XML 1.0 or of Namespaces in XML.</summary>
    NotWellFormed,
    /// <summary>XML that streams must not have (section 11.1): comments, processing instructions, DTDs, entities other than the five.</summary>
    RestrictedXml,
    /// <summary>A prefix that was not declared.</summary>
    BadNamespacePrefix,
    /// <summary>XML that is no stanza: text between stanzas.</summary>
    BadFormat,
    /// <summary>More of something than <see cref="XmlLimits"/> allows.</summary>
    PolicyViolation,
    /// <summary>The XML declaration names another encoding than UTF-8.</summary>
    UnsupportedEncoding,
}

/// <summary>What is wrong, and in words for the peer; nothing of its input is repeated.</summary>
public readonly record struct XmlFault(XmlFaultKind Kind, string Text)
{
    public static readonly XmlFault None;

    public bool IsNone => Kind == XmlFaultKind.None;

    internal static XmlFault NotWellFormed(string text) => new(XmlFaultKind.NotWellFormed, text);

    internal static XmlFault Restricted(string text) => new(XmlFaultKind.RestrictedXml, text);

    internal static XmlFault TooMuch(string text) => new(XmlFaultKind.PolicyViolation, text);
}
