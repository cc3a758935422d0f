using Krewe.Core.Errors;

namespace Krewe.Protocols.Xmpp.Sasl;

/// <summary>One login by one mechanism (RFC 4422), from the client's first message to success or failure. Does no I/O of its own.</summary>
public abstract class SaslMechanism
{
    /// <summary>Bytes of one message, at most: longer than a password, a token or a proof.</summary>
    public const int MaxMessageBytes = 9_000;

    private protected SaslMechanism()
    {
    }

    /// <summary>Answers a client's message. Not to be called again after a success or a failure.</summary>
    public abstract ValueTask<SaslStep> RespondAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    /// <summary>The client has gone or thought better of it: a login that was begun is ended.</summary>
    public virtual ValueTask AbandonAsync() => default;

    private protected static SaslStep Malformed => SaslStep.Fail(SaslFailure.MalformedRequest);

    private protected static SaslStep NotAuthorized => SaslStep.Fail(SaslFailure.NotAuthorized, "There is no such user, or the credentials are others.");

    /// <summary>A fault that is no wrong password: throttled, or a part of the server is away.</summary>
    private protected static SaslStep Of(Fault fault) => fault.Code is FaultCode.Unauthorized or FaultCode.BadCredentials
        ? NotAuthorized
        : SaslStep.Fail(SaslFailure.TemporaryAuthFailure, fault.Message);
}
