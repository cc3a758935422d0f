using System.Net;
using System.Security.Cryptography.X509Certificates;
using Krewe.TestKit.Push;

namespace Krewe.TestKit.Tests.Push;

/// <summary>A client that speaks to a fake as its service is spoken to, and trusts its certificate and no other.</summary>
internal static class PushHttp
{
    public static HttpClient ClientOf<TPush>(FakePushService<TPush> service) where TPush : FakePush
    {
        var handler = new SocketsHttpHandler();
        if (service.Certificate is { } certificate)
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { certificate },
                RevocationMode = X509RevocationMode.NoCheck,
            };
        return new HttpClient(handler)
        {
            BaseAddress = service.Address,
            DefaultRequestVersion = service.Certificate is null ? HttpVersion.Version11 : HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }
}
