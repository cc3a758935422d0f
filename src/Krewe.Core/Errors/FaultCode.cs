namespace Krewe.Core.Errors;

/// <summary>What went wrong, as a stable word. <see cref="FaultCodes"/> gives its name on the wire and its HTTP status.</summary>
[GenerateSerializer, Alias("krewe.FaultCode")]
public enum FaultCode
{
    /// <summary>A request that breaks the contract; <see cref="Fault.Member"/> names the member.</summary>
    BadRequest = 1,
    /// <summary>No, expired, revoked or foreign token.</summary>
    Unauthorized,
    /// <summary>A wrong password or an unknown user; the two are not told apart.</summary>
    BadCredentials,
    /// <summary>The caller is known and may not do this.</summary>
    Forbidden,
    /// <summary>Accounts are made by the operator only.</summary>
    RegistrationClosed,
    /// <summary>An unknown user, or one that blocks the caller; the two are not told apart.</summary>
    NotFound,
    /// <summary>The name is taken, or was once.</summary>
    AccountExists,
    /// <summary>The same message id with another recipient or content.</summary>
    IdConflict,
    /// <summary>The cursor lies beyond the mailbox's last item; <see cref="Fault.Last"/> is that item.</summary>
    CursorAhead,
    /// <summary>Items after the cursor were trimmed by retention; <see cref="Fault.First"/> is the first that is left.</summary>
    CursorExpired,
    /// <summary>Larger than a bound.</summary>
    TooLarge,
    /// <summary>More of something than a bound allows (contacts, devices, connections).</summary>
    TooMany,
    /// <summary>Faster than a bound allows; <see cref="Fault.RetryAfter"/> says when to come back.</summary>
    RateLimited,
    /// <summary>A part of the cluster cannot answer now; <see cref="Fault.RetryAfter"/> says when to come back.</summary>
    Unavailable,
    /// <summary>The resource does not know this method.</summary>
    MethodNotAllowed,
    /// <summary>None of the media types that the client accepts is served.</summary>
    NotAcceptable,
    /// <summary>The body's media type is not understood.</summary>
    UnsupportedMediaType,
    /// <summary>A bug; logged on the server.</summary>
    Internal,
}
