using Krewe.Protocols.Xmpp.Xml;

namespace Krewe.Protocols.Xmpp.Stanzas;

/// <summary>What the sender of a stanza that failed may do (RFC 6120, section 8.3.2).</summary>
public enum StanzaErrorType
{
    Auth,
    Cancel,
    Continue,
    Modify,
    Wait,
}

/// <summary>Why a stanza failed (RFC 6120, section 8.3.3), with the type that the section gives it.</summary>
public sealed class StanzaCondition
{
    private static readonly List<StanzaCondition> Made = [];

    public static readonly StanzaCondition BadRequest = new("bad-request", StanzaErrorType.Modify);
    public static readonly StanzaCondition Conflict = new("conflict", StanzaErrorType.Cancel);
    public static readonly StanzaCondition FeatureNotImplemented = new("feature-not-implemented", StanzaErrorType.Cancel);
    public static readonly StanzaCondition Forbidden = new("forbidden", StanzaErrorType.Auth);
    public static readonly StanzaCondition Gone = new("gone", StanzaErrorType.Cancel);
    public static readonly StanzaCondition InternalServerError = new("internal-server-error", StanzaErrorType.Cancel);
    public static readonly StanzaCondition ItemNotFound = new("item-not-found", StanzaErrorType.Cancel);
    public static readonly StanzaCondition JidMalformed = new("jid-malformed", StanzaErrorType.Modify);
    public static readonly StanzaCondition NotAcceptable = new("not-acceptable", StanzaErrorType.Modify);
    public static readonly StanzaCondition NotAllowed = new("not-allowed", StanzaErrorType.Cancel);
    public static readonly StanzaCondition NotAuthorized = new("not-authorized", StanzaErrorType.Auth);
    public static readonly StanzaCondition PolicyViolation = new("policy-violation", StanzaErrorType.Modify);
    public static readonly StanzaCondition RecipientUnavailable = new("recipient-unavailable", StanzaErrorType.Wait);
    public static readonly StanzaCondition Redirect = new("redirect", StanzaErrorType.Modify);
    public static readonly StanzaCondition RegistrationRequired = new("registration-required", StanzaErrorType.Auth);
    public static readonly StanzaCondition RemoteServerNotFound = new("remote-server-not-found", StanzaErrorType.Cancel);
    public static readonly StanzaCondition RemoteServerTimeout = new("remote-server-timeout", StanzaErrorType.Wait);
    public static readonly StanzaCondition ResourceConstraint = new("resource-constraint", StanzaErrorType.Wait);
    public static readonly StanzaCondition ServiceUnavailable = new("service-unavailable", StanzaErrorType.Cancel);
    public static readonly StanzaCondition SubscriptionRequired = new("subscription-required", StanzaErrorType.Auth);
    public static readonly StanzaCondition UndefinedCondition = new("undefined-condition", StanzaErrorType.Cancel);
    public static readonly StanzaCondition UnexpectedRequest = new("unexpected-request", StanzaErrorType.Wait);

    private StanzaCondition(string name, StanzaErrorType type)
    {
        (Name, Type, Element) = (name, type, new XmlName(XmppNamespaces.StanzaErrors, name));
        Made.Add(this);
    }

    public static IReadOnlyList<StanzaCondition> All => Made;

    public string Name { get; }

    public StanzaErrorType Type { get; }

    internal XmlName Element { get; }

    public override string ToString() => Name;
}

/// <summary>Why a stanza failed, and words for a person.</summary>
/// <param name="Type">Another type than the condition's own.</param>
public sealed record StanzaError(StanzaCondition Condition, string? Text = null, StanzaErrorType? Type = null)
{
    /// <summary>Writes the <c>error</c> element.</summary>
    public void Write(XmlWriter xml)
    {
        var type = (Type ?? Condition.Type) switch
        {
            StanzaErrorType.Auth => "auth"u8,
            StanzaErrorType.Continue => "continue"u8,
            StanzaErrorType.Modify => "modify"u8,
            StanzaErrorType.Wait => "wait"u8,
            _ => "cancel"u8,
        };
        xml.Start(XmppNames.Error).Attribute("type"u8, type).Empty(Condition.Element);
        if (Text is not null) xml.Start(XmppNames.StanzaErrorText).Attribute("xml:lang"u8, "en"u8).Text(Text).End();
        xml.End();
    }
}
