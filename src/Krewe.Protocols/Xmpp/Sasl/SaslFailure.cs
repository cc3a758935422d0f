using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Protocols.Xmpp.Sasl;

/// <summary>Why a login failed (RFC 6120, section 6.5).</summary>
public sealed class SaslFailure
{
    public static readonly SaslFailure Aborted = new("aborted");
    public static readonly SaslFailure EncryptionRequired = new("encryption-required");
    public static readonly SaslFailure IncorrectEncoding = new("incorrect-encoding");
    public static readonly SaslFailure InvalidAuthzid = new("invalid-authzid");
    public static readonly SaslFailure InvalidMechanism = new("invalid-mechanism");
    public static readonly SaslFailure MalformedRequest = new("malformed-request");
    public static readonly SaslFailure NotAuthorized = new("not-authorized");
    public static readonly SaslFailure TemporaryAuthFailure = new("temporary-auth-failure");

    private SaslFailure(string name) => (Name, Element) = (name, new XmlName(XmppNamespaces.Sasl, name));

    public string Name { get; }

    public XmlName Element { get; }

    public override string ToString() => Name;
}
