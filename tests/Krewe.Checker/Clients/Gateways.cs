using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Krewe.Client;

namespace Krewe.Checker.Clients;

/// <summary>Where clients connect: every attempt goes to some gateway, a repeated one to another.</summary>
internal sealed class Gateways(IReadOnlyList<Gateway> gateways) : IDisposable
{
    // The promise for a refusal is 10 s; what has no answer by then has none.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(12);

    private readonly SocketsHttpHandler _handler = new() { ConnectTimeout = TimeSpan.FromSeconds(2), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10) };
    private readonly ConcurrentDictionary<(Uri, string), KreweClient> _clients = new();

    public IReadOnlyList<Gateway> All => gateways;

    /// <summary>Any but the one that did not do.</summary>
    public Gateway Pick(Random random, Gateway? except = null)
    {
        var others = gateways.Where(gateway => gateway != except).ToList();
        return others.Count == 0 ? gateways[0] : others[random.Next(others.Count)];
    }

    /// <summary>A client that makes one attempt a call, so that each can be written down.</summary>
    public KreweClient Client(Gateway gateway, Token token) => _clients.GetOrAdd((gateway.Address, token.Value), _ => new KreweClient(gateway.Address, Options()) { Token = token });

    /// <summary>One that does not give up soon, to set the stage with.</summary>
    public KreweClient Patient(Gateway gateway, Token? token = null) => new(gateway.Address, new() { Handler = _handler }) { Token = token };

    public HttpClient Raw(Gateway gateway, Token token)
    {
        var http = new HttpClient(_handler, disposeHandler: false) { BaseAddress = gateway.Address, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
        return http;
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values) client.Dispose();
        _handler.Dispose();
    }

    private KreweClientOptions Options() => new() { Handler = _handler, SendTimeout = TimeSpan.Zero, RequestTimeout = RequestTimeout };
}

/// <summary>A gateway of the cluster; its address stays over restarts.</summary>
internal sealed record Gateway(string Name, Uri Address);
