using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;

namespace Krewe.Server.Admin;

/// <summary>Who may see what is behind the token: requests that bear it, and browsers that signed in with it.</summary>
internal sealed class AdminSessions(AdminToken token, TimeProvider time) : IDisposable
{
    public const string Cookie = "krewe-admin";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    // Ten mistakes at once, then one a second: guessing is hopeless, and a typing error costs nobody anything.
    private readonly TokenBucketRateLimiter _failures = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = 10,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        QueueLimit = 0,
    });

    public enum Verdict
    {
        Good,
        Bad,
        TooMany,
    }

    public Verdict Judge(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is { } cookie && IsGood(cookie))
            return Verdict.Good;
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? Try(header["Bearer ".Length..].Trim()) : Verdict.Bad;
    }

    /// <summary>While failures are throttled a right token is refused as well: else throttling would tell right from wrong.</summary>
    public Verdict Try(string? candidate)
    {
        if (_failures.GetStatistics()!.CurrentAvailablePermits < 1)
            return Verdict.TooMany;
        if (token.Matches(candidate))
            return Verdict.Good;
        using var lease = _failures.AttemptAcquire();
        return Verdict.Bad;
    }

    public void SignIn(HttpContext context)
    {
        var expires = time.GetUtcNow() + Lifetime;
        var stamp = expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        context.Response.Cookies.Append(Cookie, $"{stamp}.{Base64Url.EncodeToString(Signature(stamp))}", Options(context, expires));
    }

    public static void SignOut(HttpContext context) => context.Response.Cookies.Delete(Cookie, Options(context, null));

    public void Dispose() => _failures.Dispose();

    private static CookieOptions Options(HttpContext context, DateTimeOffset? expires) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/", Expires = expires };

    private bool IsGood(string cookie)
    {
        var dot = cookie.IndexOf('.', StringComparison.Ordinal);
        Span<byte> signature = stackalloc byte[64];
        return dot > 0
            && Base64Url.TryDecodeFromChars(cookie.AsSpan(dot + 1), signature, out var length)
            && CryptographicOperations.FixedTimeEquals(signature[..length], Signature(cookie[..dot]))
            && long.TryParse(cookie.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            && time.GetUtcNow().ToUnixTimeSeconds() < expires;
    }

    private byte[] Signature(string stamp) => HMACSHA256.HashData(token.Derive("krewe admin session"), Encoding.ASCII.GetBytes(stamp));
}
