using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace Krewe.Gateway.Connections;

/// <summary>The proxies whose word about a client's address is taken.</summary>
internal static class TrustedProxies
{
    /// <summary>An address (<c>10.0.0.5</c>) or a network (<c>10.0.0.0/24</c>); null for anything else.</summary>
    public static IPNetwork? Parse(string? text)
    {
        if (text is null) return null;
        if (text.Contains('/', StringComparison.Ordinal)) return IPNetwork.TryParse(text, out var network) ? network : null;
        // "10" would be 0.0.0.10.
        if (!IPAddress.TryParse(text, out var address) || (!text.Contains(':', StringComparison.Ordinal) && text.Count(c => c == '.') != 3)) return null;
        return new IPNetwork(address, address.GetAddressBytes().Length * 8);
    }

    /// <summary>Null if there are none.</summary>
    public static ForwardedHeadersOptions? Headers(HttpOptions http)
    {
        if (http.TrustedProxies.Count == 0) return null;
        var options = new ForwardedHeadersOptions
        {
            // Not the host: a proxy hands on Host itself, and Origin is compared with it.
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            // From right to left, as far as each hop is trusted: what a client wrote itself stands to the left of the first one that is not.
            ForwardLimit = null,
        };
        // Loopback is among the defaults; here nobody is trusted who is not named.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in http.TrustedProxies) options.KnownIPNetworks.Add(Parse(proxy)!.Value);
        return options;
    }

    public static void UseTrustedProxies(this IApplicationBuilder app, HttpOptions http)
    {
        if (Headers(http) is { } options) app.UseForwardedHeaders(options);
    }
}
