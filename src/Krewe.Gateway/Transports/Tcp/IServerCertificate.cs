using System.Net.Security;

namespace Krewe.Gateway.Transports.Tcp;

/// <summary>The certificate that the server shows to clients that speak TLS on a TCP connection.</summary>
public interface IServerCertificate
{
    /// <summary>The one that is in force now.</summary>
    SslStreamCertificateContext Current { get; }
}
