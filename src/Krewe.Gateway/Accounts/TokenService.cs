using System.Security.Cryptography;
using Krewe.Core;
using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Krewe.Gateway.Accounts;

/// <summary>Makes and checks the server's own tokens: JWTs (RFC 7519), HS256 with a key derived from the cluster's secret.</summary>
internal sealed class TokenService
{
    /// <summary>Characters of a token, at most: nobody makes the server hash more.</summary>
    public const int MaxLength = 8192;

    private const string DeviceClaim = "device";

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = MaxLength, MapInboundClaims = false, SetDefaultTimesOnTokenCreation = false };
    private readonly Lazy<SymmetricSecurityKey> _key;
    private readonly Lazy<TokenValidationParameters> _validation;
    private readonly string _domain;
    private readonly TimeSpan _lifetime;
    private readonly TimeProvider _time;

    public TokenService(Lazy<IClusterSecret> secret, IOptions<DomainOptions> domain, IOptions<AccountOptions> accounts, TimeProvider time)
    {
        _domain = domain.Value.Domain;
        _lifetime = accounts.Value.TokenLifetime;
        _time = time;
        // Lazily, for the store that has the secret opens when the host starts, and the routes are built before.
        _key = new(() => new SymmetricSecurityKey(HKDF.DeriveKey(HashAlgorithmName.SHA256, secret.Value.Key.ToArray(), 32, info: "krewe token HS256"u8.ToArray())));
        _validation = new(() => new TokenValidationParameters
        {
            ValidIssuer = _domain,
            ValidAudience = _domain,
            IssuerSigningKey = _key.Value,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            ValidTypes = ["JWT"],
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            LifetimeValidator = (_, expires, _, _) => expires is { } end && end > _time.GetUtcNow().UtcDateTime,
        });
    }

    /// <summary>Makes a token for a device, and the facts of it.</summary>
    public (string Token, TokenInfo Info) Issue(Jid address, string device)
    {
        // A JWT counts in whole seconds; the answer's expiresAt must not promise more.
        var now = DateTimeOffset.FromUnixTimeSeconds(_time.GetUtcNow().ToUnixTimeSeconds());
        var info = new TokenInfo(Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(16)), device, now + _lifetime, IssuedAt: now);
        var token = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = _domain,
            Audience = _domain,
            IssuedAt = now.UtcDateTime,
            Expires = info.ExpiresAt.UtcDateTime,
            Claims = new Dictionary<string, object>
            {
                [JwtRegisteredClaimNames.Sub] = address.Text,
                [JwtRegisteredClaimNames.Jti] = info.TokenId,
                [DeviceClaim] = device,
            },
            SigningCredentials = new SigningCredentials(_key.Value, SecurityAlgorithms.HmacSha256),
        });
        return (token, info);
    }

    /// <summary>Null if the token is not one of the server's own, or not good any more.</summary>
    public async ValueTask<Caller?> ValidateAsync(string token)
    {
        var result = await _handler.ValidateTokenAsync(token, _validation.Value);
        if (!result.IsValid || result.SecurityToken is not JsonWebToken jwt) return null;
        return jwt.TryGetPayloadValue<string>(DeviceClaim, out var device) && jwt is { Subject.Length: > 0, Id.Length: > 0 }
            ? new Caller(Jid.FromCanonical(jwt.Subject), new TokenInfo(jwt.Id, device, new DateTimeOffset(jwt.ValidTo, TimeSpan.Zero), IssuedAt: IssuedAt(jwt)))
            : null;
    }

    /// <summary>When a token was issued, if it says so.</summary>
    internal static DateTimeOffset? IssuedAt(JsonWebToken jwt) => jwt.IssuedAt > DateTime.MinValue ? new DateTimeOffset(jwt.IssuedAt, TimeSpan.Zero) : null;
}
