// RFC 5929, section 4: tls-server-end-point.
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Krewe.Protocols.Xmpp.Sasl;

namespace Krewe.Gateway.Transports.Tcp;

/// <summary>A hash of the server's certificate, by which a login is bound to a connection to this server.</summary>
internal static class EndPointBinding
{
    // By the hash of the certificate's own signature; one that is weaker than SHA-256 is replaced by that.
    private static readonly Dictionary<string, HashAlgorithmName> Hashes = new()
    {
        ["1.2.840.113549.1.1.4"] = HashAlgorithmName.SHA256,
        ["1.2.840.113549.1.1.5"] = HashAlgorithmName.SHA256,
        ["1.2.840.113549.1.1.11"] = HashAlgorithmName.SHA256,
        ["1.2.840.113549.1.1.12"] = HashAlgorithmName.SHA384,
        ["1.2.840.113549.1.1.13"] = HashAlgorithmName.SHA512,
        ["1.2.840.10045.4.1"] = HashAlgorithmName.SHA256,
        ["1.2.840.10045.4.3.2"] = HashAlgorithmName.SHA256,
        ["1.2.840.10045.4.3.3"] = HashAlgorithmName.SHA384,
        ["1.2.840.10045.4.3.4"] = HashAlgorithmName.SHA512,
    };

    /// <summary>None for signatures that the specification leaves open.</summary>
    public static ChannelBindings Of(X509Certificate2 certificate) =>
        certificate.SignatureAlgorithm.Value is { } algorithm && Hashes.TryGetValue(algorithm, out var hash)
            ? new([(ChannelBindings.ServerEndPoint, CryptographicOperations.HashData(hash, certificate.RawData))])
            : ChannelBindings.None;
}
