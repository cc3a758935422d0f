namespace Krewe.Protocols.Xmpp.Xml;

/// <summary>What one element of a stream may have at most. Beyond is <see cref="XmlFaultKind.PolicyViolation"/>, told before more memory is taken.</summary>
public sealed record XmlLimits
{
    /// <summary>For a client whom nobody knows yet: enough for every handshake, little for an attacker.</summary>
    public static readonly XmlLimits BeforeLogin = new() { StanzaBytes = 10_240, Depth = 16, Nodes = 256 };

    /// <summary>Bytes of one stanza, or of the stream's header.</summary>
    public int StanzaBytes { get; init; } = 262_144;

    /// <summary>Levels of nesting, the stanza itself being the first.</summary>
    public int Depth { get; init; } = 100;

    /// <summary>Attributes of one element, declarations of namespaces included.</summary>
    public int Attributes { get; init; } = 64;

    /// <summary>Bytes of a name with its prefix.</summary>
    public int NameBytes { get; init; } = 256;

    /// <summary>Elements and runs of text of one stanza: each costs more memory than its few bytes.</summary>
    public int Nodes { get; init; } = 10_000;
}
