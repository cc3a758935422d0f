using System.Collections.Frozen;
using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Protocols.Xmpp.Streams;

/// <summary>Why a stream ends that should not have (RFC 6120, section 4.9.3). Each is also the element that says so.</summary>
public sealed class StreamCondition
{
    private static readonly List<StreamCondition> Made = [];

    public static readonly StreamCondition BadFormat = new("bad-format");
    public static readonly StreamCondition BadNamespacePrefix = new("bad-namespace-prefix");
    public static readonly StreamCondition Conflict = new("conflict");
    public static readonly StreamCondition ConnectionTimeout = new("connection-timeout");
    public static readonly StreamCondition HostGone = new("host-gone");
    public static readonly StreamCondition HostUnknown = new("host-unknown");
    public static readonly StreamCondition ImproperAddressing = new("improper-addressing");
    public static readonly StreamCondition InternalServerError = new("internal-server-error");
    public static readonly StreamCondition InvalidFrom = new("invalid-from");
    public static readonly StreamCondition InvalidNamespace = new("invalid-namespace");
    public static readonly StreamCondition InvalidXml = new("invalid-xml");
    public static readonly StreamCondition NotAuthorized = new("not-authorized");
    public static readonly StreamCondition NotWellFormed = new("not-well-formed");
    public static readonly StreamCondition PolicyViolation = new("policy-violation");
    public static readonly StreamCondition RemoteConnectionFailed = new("remote-connection-failed");
    public static readonly StreamCondition Reset = new("reset");
    public static readonly StreamCondition ResourceConstraint = new("resource-constraint");
    public static readonly StreamCondition RestrictedXml = new("restricted-xml");
    public static readonly StreamCondition SeeOtherHost = new("see-other-host");
    public static readonly StreamCondition SystemShutdown = new("system-shutdown");
    public static readonly StreamCondition UndefinedCondition = new("undefined-condition");
    public static readonly StreamCondition UnsupportedEncoding = new("unsupported-encoding");
    public static readonly StreamCondition UnsupportedFeature = new("unsupported-feature");
    public static readonly StreamCondition UnsupportedStanzaType = new("unsupported-stanza-type");
    public static readonly StreamCondition UnsupportedVersion = new("unsupported-version");

    private static readonly FrozenDictionary<XmlFaultKind, StreamCondition> OfFaults = new Dictionary<XmlFaultKind, StreamCondition>
    {
        [XmlFaultKind.NotWellFormed] = NotWellFormed,
        [XmlFaultKind.RestrictedXml] = RestrictedXml,
        [XmlFaultKind.BadNamespacePrefix] = BadNamespacePrefix,
        [XmlFaultKind.BadFormat] = BadFormat,
        [XmlFaultKind.PolicyViolation] = PolicyViolation,
        [XmlFaultKind.UnsupportedEncoding] = UnsupportedEncoding,
    }.ToFrozenDictionary();

    private StreamCondition(string name)
    {
        Element = new XmlName(XmppNamespaces.StreamErrors, name);
        Name = name;
        Made.Add(this);
    }

    public static IReadOnlyList<StreamCondition> All => Made;

    public string Name { get; }

    internal XmlName Element { get; }

    public static StreamCondition Of(XmlFaultKind fault) => OfFaults.GetValueOrDefault(fault, UndefinedCondition);

    public override string ToString() => Name;
}

/// <summary>A stream error: a condition and words for the peer.</summary>
/// <param name="Content">Goes into the condition's element: the other host.</param>
public sealed record StreamError(StreamCondition Condition, string? Text = null, string? Content = null)
{
    public static StreamError Of(XmlFault fault) => new(StreamCondition.Of(fault.Kind), fault.Text);

    public void Write(XmlWriter xml)
    {
        xml.Start(XmppNames.StreamError).Leaf(Condition.Element, Content);
        if (Text is not null) xml.Start(XmppNames.StreamErrorText).Attribute("xml:lang"u8, "en"u8).Text(Text).End();
        xml.End();
    }
}
