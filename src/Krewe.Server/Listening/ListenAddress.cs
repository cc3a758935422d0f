using System.Globalization;
using System.Net;

namespace Krewe.Server.Listening;

/// <summary>The address of a listener, such as <c>127.0.0.1:8080</c>, <c>[::1]:8080</c>, <c>localhost:8080</c> or <c>*:8080</c> (all addresses of the machine).</summary>
internal static class ListenAddress
{
    public const string Form = "is not ADDRESS:PORT, for example 127.0.0.1:8080, [::1]:8080, localhost:8080 or *:8080";

    public static IPEndPoint? Parse(string? text)
    {
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon < 1 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return null;
        var host = text![..colon];
        var address = host switch
        {
            "localhost" => IPAddress.Loopback,
            "*" => IPAddress.IPv6Any,
            ['[', .., ']'] => IPAddress.TryParse(host.AsSpan(1, host.Length - 2), out var v6) ? v6 : null,
            // An IPv6 address needs its brackets: without them one cannot tell its last group from the port. "1" would be 0.0.0.1.
            _ => host.Count('.') == 3 && IPAddress.TryParse(host, out var v4) ? v4 : null,
        };
        return address is null ? null : new IPEndPoint(address, port);
    }

    /// <summary>What one types into a browser on this machine.</summary>
    public static string Url(string scheme, IPEndPoint bound)
    {
        var address = bound.Address;
        if (address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.Any))
            address = IPAddress.Loopback;
        return $"{scheme}://{new IPEndPoint(address, bound.Port)}";
    }
}
