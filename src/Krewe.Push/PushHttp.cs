using System.Net;
using System.Net.Http.Headers;

namespace Krewe.Push;

/// <summary>What the senders have in common about HTTP.</summary>
internal static class PushHttp
{
    /// <summary>How long one attempt may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    public const string WebAddressExpected = "must be a web address such as https://push.example.org";

    public static bool IsWebAddress(Uri? address) => address is { IsAbsoluteUri: true } && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp);

    /// <summary>A client for one service: HTTP/2 with as many connections as its concurrent streams need, or HTTP/1.1 where the address is plain http.</summary>
    public static HttpClient CreateClient(Uri baseAddress) => new(new SocketsHttpHandler
    {
        EnableMultipleHttp2Connections = true,
        PooledConnectionLifetime = TimeSpan.FromHours(1),
        KeepAlivePingDelay = TimeSpan.FromMinutes(1),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
        ConnectTimeout = TimeSpan.FromSeconds(10),
        AllowAutoRedirect = false,
    })
    {
        BaseAddress = baseAddress,
        Timeout = Timeout,
        DefaultRequestVersion = baseAddress.Scheme == Uri.UriSchemeHttps ? HttpVersion.Version20 : HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, TimeProvider time) => headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date - time.GetUtcNow() is var wait => wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        _ => null,
    };

    /// <summary>The network's or the service's trouble. A key file that is not there is the operator's.</summary>
    public static bool IsNetwork(Exception error, CancellationToken cancellationToken) =>
        error is HttpRequestException or (IOException and not (FileNotFoundException or DirectoryNotFoundException)) || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
