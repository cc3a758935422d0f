using System.Net;
using System.Net.Http.Json;
using System.Threading.Channels;
using Krewe.Client;
using Krewe.ProcessHarness;

namespace Krewe.EndToEnd.Tests.Cluster;

/// <summary>One who sends by one gateway, without a client library that would hide a failure, and one who reads on a socket of another.</summary>
public sealed class Pair : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly KreweClient _sender;
    private readonly HttpClient _http;
    private readonly List<string> _said = [];
    private readonly List<string> _heard = [];
    private readonly Channel<string> _incoming = Channel.CreateUnbounded<string>();
    private KreweClient _listener;
    private MailboxReader _reader = null!;
    private Task _reading = Task.CompletedTask;
    private CancellationTokenSource _connection = new();

    private Pair(KreweClient sender, KreweClient listener, KreweProcess gateway)
    {
        (_sender, _listener) = (sender, listener);
        _http = new HttpClient { BaseAddress = gateway.Http };
        _http.DefaultRequestHeaders.Authorization = new("Bearer", sender.Token!.Value);
        Listen(0);
    }

    public KreweClient Sender => _sender;

    public KreweClient Listener => _listener;

    /// <summary>How often the listener had to connect.</summary>
    public int Connections { get; private set; }

    /// <summary>How many sends were refused; each of them was made again under its id.</summary>
    public int Refusals { get; private set; }

    public static async Task<Pair> MakeAsync(SplitCluster cluster, KreweProcess senders, KreweProcess listeners)
    {
        var pair = new Pair(await cluster.SignUpAsync("romeo", senders), await cluster.SignUpAsync("juliet", listeners), senders);
        await pair.SayAndHearAsync("first");
        return pair;
    }

    public async Task SayAndHearAsync(string body)
    {
        await SayAsync(body);
        await HearAsync();
    }

    /// <summary>Sends, again until it is taken.</summary>
    public async Task SayAsync(string body)
    {
        _said.Add(body);
        var message = new { to = _listener.Address, id = body, body };
        while (true)
        {
            using var answer = await _http.PostAsJsonAsync("/v1/messages", message).WaitAsync(Patience);
            if (answer.IsSuccessStatusCode) return;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
            Refusals++;
        }
    }

    /// <summary>Waits until the listener has everything that was said: each once, and in order.</summary>
    public async Task HearAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (_heard.Count < _said.Count)
        {
            try
            {
                _heard.Add(await _incoming.Reader.ReadAsync(patience.Token));
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{_listener.Address} did not get '{_said[_heard.Count]}' within {Patience}; the last was '{_heard.LastOrDefault()}'.");
            }
        }
        Assert.Equal(_said, _heard);
    }

    /// <summary>Nothing that was not said has come since.</summary>
    public void HasNoMore() => Assert.False(_incoming.Reader.TryRead(out _));

    /// <summary>The listener goes on at another gateway, with the cursor that it has.</summary>
    public async Task MoveListenerAsync(KreweProcess gateway)
    {
        await _connection.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var token = _listener.Token;
        _listener.Dispose();
        _listener = new KreweClient(gateway.Http) { Token = token };
        _connection = new CancellationTokenSource();
        Listen(_reader.Cursor);
    }

    /// <summary>The listener loses its connection, and does not come back.</summary>
    public Task LeaveAsync() => _connection.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await _connection.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _sender.Dispose();
        _listener.Dispose();
        _http.Dispose();
        _connection.Dispose();
    }

    private void Listen(long after)
    {
        var incoming = _incoming;
        _reader = _listener.CreateReader(new MailboxReaderOptions { After = after, Transports = [Transport.WebSocket] });
        _reader.Opened += _ => Connections++;
        var reader = _reader;
        var connection = _connection.Token;
        _reading = Task.Run(async () =>
        {
            await foreach (var item in reader.WithCancellation(connection))
                if (item.Body is { } body) incoming.Writer.TryWrite(body);
        }, CancellationToken.None);
    }
}
