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
        /// <summary>Signed in, but the request comes from a page of somebody else.</summary>
        Foreign,
        TooMany,
    }

    public Verdict Judge(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return Try(header["Bearer ".Length..].Trim());
        if (context.Request.Cookies[Cookie] is not { } cookie || !IsGood(cookie))
            return Verdict.Bad;
        context.Items[typeof(AdminSessions)] = true;
        return HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || IsOwnPage(context.Request) ? Verdict.Good : Verdict.Foreign;
    }

    /// <summary>Was the request judged good by the cookie of a browser that signed in?</summary>
    public static bool IsBySession(HttpContext context) => context.Items.ContainsKey(typeof(AdminSessions));

    /// <summary>Does a browser say that a page of this listener makes the request? A cookie goes along with what any page makes the browser send; SameSite is the first
    /// line against that, this the second. Fetch metadata where the browser sends it (to loopback and with TLS), else <c>Origin</c>, which all of them send with a POST.</summary>
    public static bool IsOwnPage(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
            return site == "same-origin";
        return Uri.TryCreate(request.Headers.Origin.ToString(), UriKind.Absolute, out var origin)
            && origin.Scheme == request.Scheme && origin.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
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
