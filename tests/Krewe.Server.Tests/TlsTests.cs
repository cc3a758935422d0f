using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Krewe.ProcessHarness;

namespace Krewe.Server.Tests;

public sealed class TlsTests
{
    [Fact]
    public async Task Loopback_gets_a_certificate_for_itself()
    {
        await using var server = await KreweProcess.StartAsync(new KreweProcessOptions { Arguments = ["--Krewe:Http:TlsListen=127.0.0.1:0"] });

        var (subject, errors) = await CertificateAsync(server.Https!);

        Assert.Equal("CN=localhost", subject);
        Assert.False(errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch));
    }

    [Fact]
    public async Task A_renewed_certificate_is_used_without_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("krewe-tls-");
        var (certificate, key) = (Path.Combine(folder.FullName, "cert.pem"), Path.Combine(folder.FullName, "key.pem"));
        Write("CN=first", certificate, key);
        await using (var server = await KreweProcess.StartAsync(new KreweProcessOptions
        {
            Arguments = ["--Krewe:Http:TlsListen=127.0.0.1:0", $"--Krewe:Tls:Certificate={certificate}", $"--Krewe:Tls:Key={key}"],
        }))
        {
            Assert.Equal("CN=first", (await CertificateAsync(server.Https!)).Subject);

            Write("CN=second", certificate, key);
            File.SetLastWriteTimeUtc(certificate, DateTime.UtcNow.AddMinutes(1));

            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while ((await CertificateAsync(server.Https!)).Subject != "CN=second")
                Assert.False(patience.IsCancellationRequested, "The second certificate was not used within 20 s.");
        }
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_key_of_another_certificate_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory("krewe-tls-");
        var (certificate, key) = (Path.Combine(folder.FullName, "cert.pem"), Path.Combine(folder.FullName, "key.pem"));
        Write("CN=first", certificate, key);
        Write("CN=second", Path.Combine(folder.FullName, "other.pem"), key);

        var ended = await KreweProcess.RunAsync(["--Krewe:Http:TlsListen=127.0.0.1:0", $"--Krewe:Tls:Certificate={certificate}", $"--Krewe:Tls:Key={key}"]);

        Assert.Equal(78, ended.ExitCode);
        Assert.Contains("Krewe:Tls:Certificate", ended.Errors, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    private static async Task<(string Subject, SslPolicyErrors Errors)> CertificateAsync(Uri address)
    {
        var seen = ("", SslPolicyErrors.None);
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                {
                    seen = (certificate!.Subject, errors);
                    return certificate is not null;
                },
            },
        });
        using var answer = await http.GetAsync(new Uri(address, "v1/mailbox"));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        return seen;
    }

    private static void Write(string subject, string certificatePath, string keyPath)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
    }
}
