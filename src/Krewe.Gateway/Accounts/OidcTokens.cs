using System.Security.Cryptography;
using System.Text;
using Krewe.Core;
using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Protocols.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Krewe.Gateway.Accounts;

/// <summary>Checks the tokens of the OpenID Connect issuer that the operator configured.</summary>
internal sealed class OidcTokens : IDisposable
{
    // The clocks of two organisations.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private static readonly string[] SessionClaims = ["azp", "client_id", "sid"];

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = TokenService.MaxLength, MapInboundClaims = false };
    private readonly OidcOptions _options;
    private readonly string _domain;
    private readonly TimeProvider _time;
    private readonly OidcMetadata? _metadata;
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });

    public OidcTokens(IOptions<AccountOptions> accounts, IOptions<DomainOptions> domain, TimeProvider time, ILogger<OidcTokens> log)
    {
        (_options, _domain, _time) = (accounts.Value.Oidc, domain.Value.Domain, time);
        if (_options.Issuer is { } issuer) _metadata = new(new Uri(issuer), _http, time, log);
    }

    /// <summary>Null if no issuer is configured or the token is not a good one of this issuer; a fault if that cannot be told now.</summary>
    public async ValueTask<Outcome<Caller>?> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (_metadata is null) return null;
        OpenIdConnectConfiguration? configuration = null;
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var next = await _metadata.GetAsync(configuration, cancellationToken);
            if (next is null) return Fault.Unavailable("The issuer of the tokens cannot be reached.", TimeSpan.FromSeconds(5));
            if (ReferenceEquals(next, configuration)) return null;
            configuration = next;
            var result = await _handler.ValidateTokenAsync(token, Parameters(configuration));
            if (result is { IsValid: true, SecurityToken: JsonWebToken jwt }) return CallerOf(jwt, token) is { } caller ? caller : (Outcome<Caller>?)null;
            // The issuer may have changed its keys since.
            if (result.Exception is not SecurityTokenInvalidSignatureException) return null;
        }
        return null;
    }

    public void Dispose()
    {
        _metadata?.Dispose();
        _http.Dispose();
    }

    private TokenValidationParameters Parameters(OpenIdConnectConfiguration configuration) => new()
    {
        ValidIssuer = _options.Issuer,
        ValidAudience = _options.Audience,
        IssuerSigningKeys = configuration.SigningKeys,
        // Asymmetric ones alone: with a shared key, whoever can check could also sign.
        ValidAlgorithms =
        [
            SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
            SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
            SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
        ],
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        LifetimeValidator = (begins, ends, _, _) =>
        {
            // The arithmetic is on our own time: theirs may be the first or the last that there is.
            var now = _time.GetUtcNow().UtcDateTime;
            return ends > now - Skew && (begins is null || begins < now + Skew);
        },
    };

    private Caller? CallerOf(JsonWebToken jwt, string token)
    {
        if (!jwt.TryGetPayloadValue<string>(_options.UserClaim, out var user)) return null;
        if (!Jid.TryParseUser(user, _domain, out var address, out _) || !address.Domain.SequenceEqual(_domain)) return null;
        var id = jwt.Id is { Length: > 0 and <= 128 } given ? given : Hash(token);
        return new Caller(address, new TokenInfo(id, DeviceOf(jwt), new DateTimeOffset(jwt.ValidTo, TimeSpan.Zero), External: true, TokenService.IssuedAt(jwt)));
    }

    // A token is renewed every few minutes, and the device must stay the same: it is the application, and its login session where the issuer tells.
    private static string DeviceOf(JsonWebToken jwt)
    {
        if (jwt.TryGetPayloadValue<string>("device", out var named) && DeviceName.TryParse(named, "device", out var device, out _)) return device;
        var parts = SessionClaims.Select(claim => jwt.TryGetPayloadValue<string>(claim, out var value) ? value : "");
        return "oidc-" + Hash(string.Join('\0', parts))[..10];
    }

    private static string Hash(string text) => Base64UrlEncoder.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
