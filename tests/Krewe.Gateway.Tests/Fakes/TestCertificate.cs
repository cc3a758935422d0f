using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Krewe.Gateway.Transports.Tcp;

namespace Krewe.Gateway.Tests.Fakes;

/// <summary>A certificate that nobody vouches for.</summary>
internal sealed class TestCertificate : IServerCertificate
{
    public SslStreamCertificateContext Current { get; } = Make();

    private static SslStreamCertificateContext Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return SslStreamCertificateContext.Create(request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1)), [], offline: true);
    }
}
