using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Krewe.Push.Apns;

/// <summary>A provider token (ES256 JWT) and when to make the next one: not within 20 minutes, not after 60 (Apple, "Establishing a token-based connection to APNs").</summary>
internal sealed class ProviderToken(ApnsOptions options, TimeProvider time)
{
    private static readonly TimeSpan Floor = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(50);
    private string? _token;
    private DateTimeOffset _mintedAt;

    /// <exception cref="CryptographicException">The key file is no EC key.</exception>
    /// <exception cref="IOException">The key file cannot be read.</exception>
    public string Get(string? expired)
    {
        var age = time.GetUtcNow() - _mintedAt;
        if (_token is not null && age < Renewal && (expired != _token || age < Floor)) return _token;
        _mintedAt = time.GetUtcNow();
        return _token = Mint();
    }

    private string Mint()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(options.KeyFile!));
        var signing = new SigningCredentials(
            new ECDsaSecurityKey(key) { KeyId = options.KeyId, CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } },
            SecurityAlgorithms.EcdsaSha256);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            $$"""{"iss":"{{options.TeamId}}","iat":{{_mintedAt.ToUnixTimeSeconds()}}}""", signing);
    }
}
