using Krewe.Core.Errors;
using Krewe.Protocols.Xmpp.Stanzas;

namespace Krewe.Gateway.Xmpp.Stanzas;

/// <summary>Faults of the users' grains in the words of RFC 6120, section 8.3.3.</summary>
internal static class StanzaFaults
{
    public static StanzaError ErrorOf(Fault fault) => fault.Code switch
    {
        // RFC 6121, section 8.5.1: whoever asks does not learn whether nobody has the address or somebody blocks them.
        FaultCode.NotFound => new(StanzaCondition.ServiceUnavailable, fault.Message),
        FaultCode.BadRequest => new(StanzaCondition.BadRequest, fault.Message),
        FaultCode.IdConflict => new(StanzaCondition.Conflict, fault.Message),
        FaultCode.TooLarge => new(StanzaCondition.PolicyViolation, fault.Message),
        FaultCode.TooMany => new(StanzaCondition.ResourceConstraint, fault.Message),
        FaultCode.RateLimited => new(StanzaCondition.PolicyViolation, fault.Message, StanzaErrorType.Wait),
        FaultCode.Unavailable => new(StanzaCondition.ResourceConstraint, fault.Message),
        FaultCode.Unauthorized or FaultCode.Forbidden => new(StanzaCondition.Forbidden, fault.Message),
        _ => new(StanzaCondition.InternalServerError, fault.Message),
    };
}
