using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Connections;

/// <summary>Which web pages may use the server: its own, and those of the configured origins (RFC 6454; RFC 6455, section 10.2).</summary>
internal sealed class OriginPolicy(IOptions<HttpOptions> options)
{
    /// <summary>True for the server's own pages, for allowed ones, and for clients that are no browsers and send no <c>Origin</c>.</summary>
    public bool Allows(HttpRequest request)
    {
        var origins = request.Headers.Origin;
        if (origins.Count == 0) return true;
        return origins is [{ } origin] && (IsOwn(origin, request) || IsListed(origin));
    }

    /// <summary>Is it an origin that the operator has named?</summary>
    public bool IsListed(string origin)
    {
        foreach (var allowed in options.Value.AllowedOrigins)
        {
            if (string.Equals(allowed.TrimEnd('/'), origin, StringComparison.OrdinalIgnoreCase)) return true;
        }
        return false;
    }

    // The scheme is not compared: behind a proxy that ends TLS the page has https and the request http.
    private static bool IsOwn(string origin, HttpRequest request)
    {
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var page) || page.Scheme is not ("http" or "https")) return false;
        var host = request.Host;
        return host.HasValue
            && string.Equals(page.IdnHost, host.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase)
            && (host.Port is { } port ? port == page.Port : page.IsDefaultPort);
    }
}
