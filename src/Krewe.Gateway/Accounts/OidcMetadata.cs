using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Krewe.Gateway.Accounts;

/// <summary>The issuer's metadata and keys: read when first needed, read again when old, and when a token bears a key that is not known,
/// but not at every such token, for anybody can make one up.</summary>
internal sealed partial class OidcMetadata(Uri issuer, HttpMessageInvoker http, TimeProvider time, ILogger log) : IDisposable
{
    /// <summary>Keys are changed seldom and announced before: an hour finds them in time.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>How often the issuer is asked because of an unknown key or after a failure, at most.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _reading = new(1);
    private readonly BoundedDocuments _documents = new(http);
    private volatile Read? _last;
    private long _triedAt;
    private bool _tried;

    private sealed record Read(OpenIdConnectConfiguration Configuration, long At);

    /// <summary>The metadata; null if the issuer cannot be reached and never could.</summary>
    /// <param name="unlike">Metadata that did not have the key: newer ones are wanted, if they may be asked for.</param>
    public async ValueTask<OpenIdConnectConfiguration?> GetAsync(OpenIdConnectConfiguration? unlike, CancellationToken cancellationToken)
    {
        if (IsGood(_last, unlike)) return _last!.Configuration;
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (IsGood(_last, unlike) || (_tried && time.GetElapsedTime(_triedAt) < Patience)) return _last?.Configuration;
            (_tried, _triedAt) = (true, time.GetTimestamp());
            var address = issuer.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration";
            var configuration = await OpenIdConnectConfigurationRetriever.GetAsync(address, _documents, cancellationToken);
            _last = new(configuration, time.GetTimestamp());
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogUnreachable(error, issuer);
        }
        finally
        {
            _reading.Release();
        }
        return _last?.Configuration;
    }

    public void Dispose() => _reading.Dispose();

    private bool IsGood(Read? read, OpenIdConnectConfiguration? unlike) =>
        read is not null && time.GetElapsedTime(read.At) < Lifetime && !ReferenceEquals(read.Configuration, unlike);

    [LoggerMessage(LogLevel.Warning, "The metadata of the OpenID Connect issuer {Issuer} could not be read.")]
    private partial void LogUnreachable(Exception error, Uri issuer);

    /// <summary>Fetches documents of a bounded size in a bounded time.</summary>
    private sealed class BoundedDocuments(HttpMessageInvoker http) : IDocumentRetriever
    {
        private const int MaxBytes = 1 << 20;

        public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            timeout.CancelAfter(TimeSpan.FromSeconds(10));
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            using var response = await http.SendAsync(request, timeout.Token);
            response.EnsureSuccessStatusCode();
            await response.Content.LoadIntoBufferAsync(MaxBytes, timeout.Token);
            return await response.Content.ReadAsStringAsync(timeout.Token);
        }
    }
}
