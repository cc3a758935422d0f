using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Krewe.Gateway.Transports.Tcp;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Krewe.Server.Listening;

/// <summary>The certificate of the TLS listeners: from PEM files, read again when they change, or self-signed for loopback.</summary>
internal sealed partial class CertificateSource(TlsOptions options, TimeProvider time, ILogger<CertificateSource> logger) : IServerCertificate, IDisposable
{
    /// <summary>A renewed certificate is in use this soon; a look at two file times costs microseconds.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private Loaded? _loaded;
    private long _looked;

    public TlsHandshakeCallbackOptions Handshake => new()
    {
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = Current }),
    };

    /// <summary>What is wrong with the files, as lines for the operator.</summary>
    /// <param name="listeners">Those that show it to clients; null where an address is wrong itself.</param>
    public static IEnumerable<string> Check(TlsOptions options, IEnumerable<(string Key, IPEndPoint? Endpoint)> listeners)
    {
        if (string.IsNullOrEmpty(options.Certificate))
        {
            if (!string.IsNullOrEmpty(options.Key))
            {
                yield return "Krewe:Tls:Key: set without Krewe:Tls:Certificate";
                yield break;
            }
            foreach (var (key, endpoint) in listeners)
            {
                if (endpoint is not null && !IPAddress.IsLoopback(endpoint.Address))
                    yield return $"Krewe:Tls:Certificate: needed, as {key} is not on loopback";
            }
            yield break;
        }
        string? trouble = null;
        try
        {
            using var certificate = Read(options).Leaf;
            if (certificate.NotAfter < DateTime.Now)
                trouble = $"Krewe:Tls:Certificate: {options.Certificate} expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            trouble = $"Krewe:Tls:Certificate: {exception.Message}";
        }
        if (trouble is not null)
            yield return trouble;
    }

    public void Dispose() => _loaded?.Leaf.Dispose();

    public SslStreamCertificateContext Current
    {
        get
        {
            lock (_lock) return Load();
        }
    }

    private SslStreamCertificateContext Load()
    {
        if (_loaded is { } loaded && (options.Certificate is null || time.GetElapsedTime(_looked) < LookEvery))
            return loaded.Context;
        _looked = time.GetTimestamp();
        if (_loaded is { } previous && Stamp(options) == previous.Stamp)
            return previous.Context;
        try
        {
            var (leaf, chain) = string.IsNullOrEmpty(options.Certificate) ? (SelfSigned(time.GetUtcNow()), []) : Read(options);
            // The old certificate may still be in a handshake: it is left to the finalizer.
            _loaded = new Loaded(leaf, SslStreamCertificateContext.Create(leaf, chain, offline: true), Stamp(options));
            LogLoaded(leaf.Subject, leaf.NotAfter.ToUniversalTime());
        }
        catch (Exception trouble) when (_loaded is not null && trouble is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            LogKept(trouble.Message);
        }
        return _loaded!.Context;
    }

    private static (DateTime, DateTime) Stamp(TlsOptions options) => string.IsNullOrEmpty(options.Certificate)
        ? default
        : (File.GetLastWriteTimeUtc(options.Certificate), File.GetLastWriteTimeUtc(options.Key ?? options.Certificate));

    private static (X509Certificate2 Leaf, X509Certificate2Collection Chain) Read(TlsOptions options)
    {
        var leaf = X509Certificate2.CreateFromPemFile(options.Certificate!, string.IsNullOrEmpty(options.Key) ? null : options.Key);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(options.Certificate!);
        return (leaf, chain);
    }

    private static X509Certificate2 SelfSigned(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(2));
    }

    private sealed record Loaded(X509Certificate2 Leaf, SslStreamCertificateContext Context, (DateTime, DateTime) Stamp);

    [LoggerMessage(LogLevel.Information, "TLS uses the certificate of {Subject}, valid until {NotAfter:u}.")]
    private partial void LogLoaded(string subject, DateTime notAfter);

    [LoggerMessage(LogLevel.Error, "The changed TLS certificate cannot be used, the previous one stays: {Trouble}")]
    private partial void LogKept(string trouble);
}
