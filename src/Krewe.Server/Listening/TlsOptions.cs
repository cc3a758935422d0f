namespace Krewe.Server.Listening;

/// <summary>The certificate of the TLS listeners, <c>Krewe:Tls</c>.</summary>
internal sealed class TlsOptions
{
    /// <summary>PEM file with the certificate and those that lead to its issuer; read again when it changes. Default: none; listeners on loopback then make one for themselves at each start.</summary>
    public string? Certificate { get; set; }

    /// <summary>PEM file with the certificate's private key, without a password. Default: none; the certificate's file must then have it.</summary>
    public string? Key { get; set; }
}
