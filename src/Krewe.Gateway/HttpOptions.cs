using System.ComponentModel.DataAnnotations;

namespace Krewe.Gateway;

/// <summary>Where HTTP is served and to whom, <c>Krewe:Http</c>.</summary>
public sealed class HttpOptions : IValidatableObject
{
    /// <summary>Address and port of the native API, the web pages and the WebSocket without TLS; empty for none; port 0 takes a free one. Default: 127.0.0.1:8080.</summary>
    public string Listen { get; set; } = "127.0.0.1:8080";

    /// <summary>The same with TLS. Default: none.</summary>
    public string? TlsListen { get; set; }

    /// <summary>Origins of web pages on other hosts that may use the API and open WebSockets, for example <c>https://chat.example.org</c>.
    /// The server's own origin may always. Default: none.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>Addresses (<c>10.0.0.5</c>) or networks (<c>10.0.0.0/24</c>) of the proxies in front: what they say in <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c>
    /// is taken for the client's address and scheme; from anybody else these headers mean nothing. Default: none.</summary>
    public IList<string> TrustedProxies { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < AllowedOrigins.Count; i++)
        {
            // RFC 6454, section 6.2: what browsers send, which is compared letter by letter. A path, or a default port, would never match.
            if (!Uri.TryCreate(AllowedOrigins[i], UriKind.Absolute, out var origin)
                || !origin.GetLeftPart(UriPartial.Authority).Equals(AllowedOrigins[i].TrimEnd('/'), StringComparison.OrdinalIgnoreCase))
                yield return new($"'{AllowedOrigins[i]}' is not an origin such as https://chat.example.org or http://localhost:3000", [$"{nameof(AllowedOrigins)}:{i}"]);
        }
        for (var i = 0; i < TrustedProxies.Count; i++)
        {
            if (Connections.TrustedProxies.Parse(TrustedProxies[i]) is null)
                yield return new($"'{TrustedProxies[i]}' is not an address such as 10.0.0.5 or a network such as 10.0.0.0/24", [$"{nameof(TrustedProxies)}:{i}"]);
        }
    }
}
