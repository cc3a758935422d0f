using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Krewe.Client.Tests;

/// <summary>A server that speaks the native API and misbehaves on demand.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly List<string> _items = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ScriptedServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(HandleAsync);
    }

    /// <summary>The paths that were asked, in order; a WebSocket as <c>/v1/ws</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The bodies of sends, in order.</summary>
    public ConcurrentQueue<string> Sends { get; } = new();

    /// <summary>Called for each request first; true: it has answered.</summary>
    public Func<HttpContext, Task<bool>> Fault { get; set; } = _ => Task.FromResult(false);

    /// <summary>Streams and sockets end after so many items.</summary>
    public int BreakAfter { get; set; } = int.MaxValue;

    /// <summary>Which items a stream or socket gives for a cursor; a faulty server overrides it.</summary>
    public Func<long, IEnumerable<long>>? Order { get; set; }

    public Uri Address => new(_app.Urls.First());

    public static async Task<ScriptedServer> StartAsync()
    {
        var server = new ScriptedServer();
        await server._app.StartAsync();
        return server;
    }

    public KreweClient Client(TimeProvider? time = null) =>
        new(Address, new KreweClientOptions
        {
            Backoff = new BackoffOptions { First = TimeSpan.FromMilliseconds(1), Max = TimeSpan.FromMilliseconds(5) },
            TimeProvider = time ?? TimeProvider.System,
        })
        {
            Token = new Token("secret", DateTimeOffset.MaxValue, "juliet@localhost", "phone"),
        };

    public void Append(int count)
    {
        lock (_lock)
        {
            for (var i = 0; i < count; i++)
                _items.Add($$"""{"seq":{{_items.Count + 1}},"kind":"message","id":"m{{_items.Count + 1}}","from":"romeo@localhost","body":"{{_items.Count + 1}}"}""");
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public static async Task<bool> RefuseAsync(HttpContext context, int status, string code, string more = "", int? retryAfter = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/problem+json";
        if (retryAfter is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await context.Response.WriteAsync($$"""{"status":{{status}},"code":"{{code}}","detail":"no"{{more}}}""");
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        Requests.Enqueue(context.Request.Path);
        if (await Fault(context)) return;
        var after = long.TryParse(context.Request.Query["after"], out var parsed) ? parsed : 0;
        await (context.Request.Path.Value switch
        {
            "/v1/ws" => SocketAsync(context, after),
            "/v1/mailbox/stream" => StreamAsync(context, after),
            "/v1/mailbox" => PollAsync(context, after),
            "/v1/messages" => SendAsync(context),
            _ => RefuseAsync(context, 404, "not-found"),
        });
    }

    private async Task SendAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        Sends.Enqueue(body);
        var id = JsonDocument.Parse(body).RootElement.GetProperty("id").GetString();
        context.Response.StatusCode = 201;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"id":"{{id}}","seq":1,"sentAt":"2026-11-23T10:00:00.123Z"}""");
    }

    private async Task PollAsync(HttpContext context, long after)
    {
        string[] found;
        lock (_lock) found = [.. _items.Skip((int)after)];
        if (found.Length == 0 && context.Request.Query.ContainsKey("wait"))
        {
            await WaitAsync(after, context.RequestAborted);
            lock (_lock) found = [.. _items.Skip((int)after)];
        }
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"items":[{{string.Join(',', found)}}],"next":{{after + found.Length}},"last":{{after + found.Length}}}""");
    }

    private async Task StreamAsync(HttpContext context, long after)
    {
        var lines = context.Request.Headers.Accept.ToString().Contains("ndjson", StringComparison.Ordinal);
        context.Response.ContentType = lines ? "application/x-ndjson" : "text/event-stream";
        await context.Response.WriteAsync(lines ? "\n" : ": hello\n\n");
        await GiveAsync(after, async (seq, json) =>
        {
            await context.Response.WriteAsync(lines ? json + "\n" : $"id: {seq}\nevent: message\ndata: {json}\n\n");
            await context.Response.Body.FlushAsync();
        }, context.RequestAborted);
        context.Abort();
    }

    private async Task SocketAsync(HttpContext context, long after)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync("krewe.v1.json");
        Task Write(string json) => socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, context.RequestAborted);
        await Write("""{"type":"hello","address":"juliet@localhost","device":"phone","last":0}""");
        await GiveAsync(after, (_, json) => Write($$"""{"type":"item","item":{{json}}}"""), context.RequestAborted);
        context.Abort();
    }

    private async Task GiveAsync(long after, Func<long, string, Task> write, CancellationToken cancellationToken)
    {
        var given = 0;
        while (given < BreakAfter)
        {
            long[] seqs;
            lock (_lock) seqs = Order?.Invoke(after).ToArray() ?? [.. Enumerable.Range(1, _items.Count).Select(n => (long)n).Where(n => n > after)];
            if (seqs.Length == 0) await WaitAsync(after, cancellationToken);
            foreach (var seq in seqs)
            {
                if (given++ >= BreakAfter) return;
                string json;
                lock (_lock) json = _items[(int)seq - 1];
                await write(seq, json);
                after = Math.Max(after, seq);
            }
        }
    }

    private async Task WaitAsync(long after, CancellationToken cancellationToken)
    {
        Task changed;
        lock (_lock)
        {
            if (_items.Count > after) return;
            changed = _changed.Task;
        }
        await changed.WaitAsync(cancellationToken);
    }
}
