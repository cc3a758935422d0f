using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;

namespace Krewe.Client;

/// <summary>One server, one token: makes requests and turns problems into exceptions.</summary>
internal sealed class Api : IDisposable
{
    private readonly HttpClient _http;

    public Api(Uri server, KreweClientOptions options)
    {
        Server = server;
        Options = options;
        Handler = options.Handler ?? new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        _http = new HttpClient(Handler, disposeHandler: false) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
    }

    public Uri Server { get; }

    public KreweClientOptions Options { get; }

    public HttpMessageHandler Handler { get; }

    public Token? Token { get; set; }

    /// <summary>The token, or a clear word that there is none.</summary>
    public Token RequireToken() => Token ?? throw new InvalidOperationException($"Sign in first: {nameof(KreweClient.SignInAsync)}.");

    public async Task<T> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadFromJsonAsync(type, cancellationToken).ConfigureAwait(false)
            ?? throw new KreweException("http", "The server answered without a body.", response.StatusCode);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Options.RequestTimeout, Options.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        return await SendOpenAsync(request, HttpCompletionOption.ResponseContentRead, both.Token).ConfigureAwait(false);
    }

    /// <summary>For requests that the server holds open: no time-out of its own.</summary>
    public async Task<HttpResponseMessage> SendOpenAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        using (request)
        {
            if (Token is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
            var response = await _http.SendAsync(request, completion, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode) return response;
            using (response) throw await Problem.ReadAsync(response, cancellationToken).ConfigureAwait(false);
        }
    }

    public static HttpRequestMessage Request(HttpMethod method, string path) => new(method, new Uri(path, UriKind.Relative));

    public static HttpRequestMessage Request<T>(HttpMethod method, string path, T body, JsonTypeInfo<T> type)
    {
        var request = Request(method, path);
        request.Content = JsonContent.Create(body, type);
        return request;
    }

    public void Dispose()
    {
        _http.Dispose();
        if (Options.Handler is null) Handler.Dispose();
    }
}
