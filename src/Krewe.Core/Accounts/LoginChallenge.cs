namespace Krewe.Core.Accounts;

/// <summary>What a login is checked against.</summary>
/// <param name="Exists">False for pretended verifiers: such a login fails, after the same work.</param>
[GenerateSerializer, Immutable, Alias("krewe.LoginChallenge")]
public sealed record LoginChallenge([property: Id(0)] Credentials Credentials, [property: Id(1)] bool Exists);

/// <summary>The facts of a token that has been checked.</summary>
/// <param name="TokenId">The <c>jti</c> claim (RFC 7519); for a token of another issuer without one, a hash of the token.</param>
/// <param name="External">It comes from the configured OpenID Connect issuer, who vouches for the account.</param>
/// <param name="IssuedAt">To the second; null where it does not say: then it counts as older than any sign-out of its device.</param>
[GenerateSerializer, Immutable, Alias("krewe.TokenInfo")]
public sealed record TokenInfo(
    [property: Id(0)] string TokenId, [property: Id(1)] string Device, [property: Id(2)] DateTimeOffset ExpiresAt, [property: Id(3)] bool External = false,
    [property: Id(4)] DateTimeOffset? IssuedAt = null);
