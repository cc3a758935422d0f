using System.Security.Cryptography;

namespace Krewe.TestKit.Push;

/// <summary>Judges provider tokens (Apple, "Establishing a token-based connection to APNs").</summary>
internal sealed class ApnsProviderTokens(string team, string keyId, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(60), MinInterval = TimeSpan.FromMinutes(20), Skew = TimeSpan.FromMinutes(5);
    private readonly Lock _lock = new();
    private readonly List<DateTimeOffset> _issues = [];
    private ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private bool _revoked;

    public string Pem => _key.ExportPkcs8PrivateKeyPem();

    /// <summary>How many different tokens were used; APNs tells them apart by their time of issue.</summary>
    public int Seen
    {
        get
        {
            lock (_lock) return _issues.Count;
        }
    }

    public void Renew()
    {
        lock (_lock)
        {
            _key.Dispose();
            _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        }
    }

    public void Revoke(bool revoked)
    {
        lock (_lock) _revoked = revoked;
    }

    /// <summary>The reason to refuse; null if there is none.</summary>
    public string? Check(string authorization)
    {
        if (authorization.Length == 0) return "MissingProviderToken";
        if (!authorization.StartsWith("bearer ", StringComparison.OrdinalIgnoreCase) || CompactJwt.Read(authorization[7..]) is not { } jwt) return "InvalidProviderToken";
        lock (_lock)
        {
            if (_revoked || jwt.HeaderText("alg") != "ES256" || jwt.HeaderText("kid") != keyId || jwt.Text("iss") != team || jwt.Time("iat") is not { } issued
                || !_key.VerifyData(jwt.Signed, jwt.Signature, HashAlgorithmName.SHA256)) return "InvalidProviderToken";
            var age = time.GetUtcNow() - issued;
            if (age < -Skew) return "InvalidProviderToken";
            if (age > MaxAge) return "ExpiredProviderToken";
            if (_issues.Contains(issued)) return null;
            if (_issues.Any(other => (issued - other).Duration() < MinInterval)) return "TooManyProviderTokenUpdates";
            _issues.Add(issued);
            return null;
        }
    }

    public void Dispose() => _key.Dispose();
}
