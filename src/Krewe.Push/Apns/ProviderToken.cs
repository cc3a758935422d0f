using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Krewe.Push.Apns;

/// <summary>A provider token (ES256 JWT) and when to make the next one: not within 20 minutes, not after 60 (Apple, "Establishing a token-based connection to APNs").</summary>
/// <remarks>APNs tells tokens apart by their time of issue. It is the beginning of the half hour, so that a server that starts again, or a grain that moved,
/// goes on with the token that APNs knows.</remarks>
internal sealed class ProviderToken(ApnsOptions options, TimeProvider time)
{
    private static readonly TimeSpan Floor = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(30);
    private string? _token;
    private DateTimeOffset _issuedAt;
    private DateTime _keyWrittenAt;

    /// <exception cref="CryptographicException">The key file is no EC key.</exception>
    /// <exception cref="IOException">The key file cannot be read.</exception>
    public string Get(string? expired)
    {
        var now = time.GetUtcNow();
        var window = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % Window.Ticks), TimeSpan.Zero);
        if (_token is null || window - _issuedAt >= Floor) Mint(window);
        else if (expired == _token && now - _issuedAt >= Floor) Mint(now);
        // The operator put another key there. Without the file the token is as good as it was.
        else if (File.Exists(options.KeyFile) && File.GetLastWriteTimeUtc(options.KeyFile) != _keyWrittenAt) Mint(_issuedAt);
        return _token!;
    }

    private void Mint(DateTimeOffset issuedAt)
    {
        var writtenAt = File.GetLastWriteTimeUtc(options.KeyFile!);
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(options.KeyFile!));
        var signing = new SigningCredentials(
            new ECDsaSecurityKey(key) { KeyId = options.KeyId, CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } },
            SecurityAlgorithms.EcdsaSha256);
        _token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            $$"""{"iss":"{{options.TeamId}}","iat":{{issuedAt.ToUnixTimeSeconds()}}}""", signing);
        (_issuedAt, _keyWrittenAt) = (issuedAt, writtenAt);
    }
}
