using System.Security.Cryptography;
using System.Text.Json;

namespace Krewe.TestKit.Push;

/// <summary>Google's token endpoint for service accounts (RFC 7523; Google, "Using OAuth 2.0 for Server to Server Applications").</summary>
internal sealed class GoogleTokens(TimeProvider time)
{
    private const string PublicEndpoint = "https://oauth2.googleapis.com/token";
    private static readonly string[] Scopes = ["https://www.googleapis.com/auth/firebase.messaging", "https://www.googleapis.com/auth/cloud-platform"];
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromHours(1), Skew = TimeSpan.FromMinutes(5);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ServiceAccount> _accounts = [];
    private readonly Dictionary<string, (ServiceAccount Account, DateTimeOffset ExpiresAt)> _tokens = [];

    public int Issued { get; private set; }

    public TimeSpan Lifetime { get; set; } = TimeSpan.FromSeconds(3599);

    public void Admit(ServiceAccount account)
    {
        lock (_lock) _accounts[account.ClientEmail] = account;
    }

    /// <summary>The key is deleted; access tokens that it got stay good until they expire, as Google's do.</summary>
    public void Revoke(ServiceAccount account)
    {
        lock (_lock) _accounts.Remove(account.ClientEmail);
    }

    public void RevokeTokens()
    {
        lock (_lock) _tokens.Clear();
    }

    /// <summary>Whose a request is; null if the token is none of ours or has expired.</summary>
    public ServiceAccount? Identify(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return null;
        lock (_lock) return _tokens.TryGetValue(authorization[7..], out var token) && token.ExpiresAt > time.GetUtcNow() ? token.Account : null;
    }

    public FakeReply Answer(string? grantType, string? assertion, string audience)
    {
        if (grantType != "urn:ietf:params:oauth:grant-type:jwt-bearer") return Refuse("unsupported_grant_type", $"Invalid grant_type: {grantType}");
        if (CompactJwt.Read(assertion) is not { } jwt) return Refuse("invalid_grant", "Bad Request");
        lock (_lock)
        {
            if (jwt.Text("iss") is not { } issuer || !_accounts.TryGetValue(issuer, out var account)) return Refuse("invalid_grant", "Invalid grant: account not found");
            if (jwt.HeaderText("alg") != "RS256" || jwt.HeaderText("kid") is { } key && key != account.KeyId
                || !account.Key.VerifyData(jwt.Signed, jwt.Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)) return Refuse("invalid_grant", "Invalid JWT Signature.");
            if (jwt.Text("aud") is not { } named || named != audience && named != PublicEndpoint) return Refuse("invalid_grant", "Invalid JWT: Failed audience check.");
            var now = time.GetUtcNow();
            if (jwt.Time("iat") is not { } issued || jwt.Time("exp") is not { } expires || expires <= now || issued > now + Skew || expires - issued > MaxLifetime)
                return Refuse("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.");
            if (!(jwt.Text("scope") ?? "").Split(' ').Intersect(Scopes).Any()) return Refuse("invalid_scope", "Invalid OAuth scope or ID token audience provided.");
            var token = "ya29." + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            _tokens[token] = (account, now + Lifetime);
            Issued++;
            return new FakeReply
            {
                Body = JsonSerializer.Serialize(new Dictionary<string, object> { ["access_token"] = token, ["expires_in"] = (long)Lifetime.TotalSeconds, ["token_type"] = "Bearer" }),
            };
        }
    }

    private static FakeReply Refuse(string error, string description) => new()
    {
        Status = 400,
        Reason = error,
        Body = JsonSerializer.Serialize(new Dictionary<string, string> { ["error"] = error, ["error_description"] = description }),
    };
}
