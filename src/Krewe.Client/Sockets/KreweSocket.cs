using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;

namespace Krewe.Client;

/// <summary>An open WebSocket of sub-protocol <c>krewe.v1.json</c>. Sends may overlap; events have one reader.</summary>
/// <remarks>When the connection ends, pending sends fail with <see cref="IOException"/>: send them again under the same id.</remarks>
public sealed class KreweSocket : IAsyncDisposable
{
    // The bound on what the application has not read yet; beyond it the socket is not read either, and the server cuts off.
    private const int MaxWaitingEvents = 65_536;

    private readonly ClientWebSocket _socket;
    private readonly Channel<KreweEvent> _events = Channel.CreateBounded<KreweEvent>(new BoundedChannelOptions(MaxWaitingEvents) { SingleReader = true, SingleWriter = true });
    private readonly ConcurrentDictionary<string, TaskCompletionSource<ServerFrame>> _pending = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly CancellationTokenSource _disposed = new();
    private readonly CancellationToken _end;
    private readonly Task _receiving;
    private long _nextRef;

    private KreweSocket(ClientWebSocket socket, ServerFrame hello)
    {
        _socket = socket;
        _end = _disposed.Token;
        Address = hello.Address!;
        Device = hello.Device!;
        Last = hello.Last ?? 0;
        _receiving = ReceiveAsync();
    }

    public string Address { get; }

    public string Device { get; }

    /// <summary>The newest <c>seq</c> when the connection was opened.</summary>
    public long Last { get; }

    internal static async Task<KreweSocket> ConnectAsync(Api api, long after, CancellationToken cancellationToken)
    {
        var token = api.RequireToken();
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("krewe.v1.json");
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token.Value}");
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(20);
        socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(20);
        var address = new UriBuilder(new Uri(api.Server, string.Create(CultureInfo.InvariantCulture, $"/v1/ws?after={after}")));
        address.Scheme = address.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs;
        using var invoker = new HttpMessageInvoker(api.Handler, disposeHandler: false);
        try
        {
            await socket.ConnectAsync(address.Uri, invoker, cancellationToken).ConfigureAwait(false);
            var hello = await ReadFrameAsync(socket, new MemoryStream(), cancellationToken).ConfigureAwait(false);
            if (hello is not { Type: "hello", Address: not null, Device: not null })
                throw new KreweException("http", "The server did not greet.");
            return new KreweSocket(socket, hello);
        }
        catch (WebSocketException error) when (socket.HttpStatusCode is not (0 or HttpStatusCode.SwitchingProtocols))
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            throw new KreweException(CodeOf(status), $"The server refused the WebSocket with status {(int)status}: {error.Message}", status);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Everything that the server tells, in its order; ends when the connection does.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public IAsyncEnumerable<KreweEvent> ReadAllAsync(CancellationToken cancellationToken = default) => _events.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Sends a message and waits until it is durable in both mailboxes.</summary>
    public async Task<Sent> SendAsync(OutgoingMessage message, CancellationToken cancellationToken = default)
    {
        var frame = new SendFrame(NextRef(), message.To, message.Id ?? Guid.CreateVersion7().ToString("N"), message.Body, message.Thread, message.Data, message.Replaces, message.Push);
        var answer = await AskAsync(frame.Ref, frame, KreweJson.Default.SendFrame, cancellationToken).ConfigureAwait(false);
        return new Sent(answer.Id!, answer.Seq!.Value, answer.SentAt!.Value);
    }

    /// <summary>This device has dealt with everything up to <paramref name="seq"/>. No answer comes.</summary>
    public Task AckAsync(long seq, bool read = false, CancellationToken cancellationToken = default) =>
        WriteAsync(new AckFrame(seq, read), KreweJson.Default.AckFrame, cancellationToken);

    /// <summary>Says how available this device is. No answer comes.</summary>
    public Task SetPresenceAsync(string show, string? status = null, CancellationToken cancellationToken = default) =>
        WriteAsync(new PresenceFrame(show, status), KreweJson.Default.PresenceFrame, cancellationToken);

    /// <summary>Tells a peer that one is typing (<c>composing</c>, <c>paused</c> …). No answer comes.</summary>
    public Task SetTypingAsync(string to, string state, CancellationToken cancellationToken = default) =>
        WriteAsync(new TypingFrame(to, state), KreweJson.Default.TypingFrame, cancellationToken);

    /// <summary>Goes to the server's session and back.</summary>
    public Task PingAsync(CancellationToken cancellationToken = default)
    {
        var reference = NextRef();
        return AskAsync(reference, new PingFrame(reference), KreweJson.Default.PingFrame, cancellationToken);
    }

    /// <summary>Closes the connection; pending sends fail.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed.IsCancellationRequested) return;
        try
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            // The peer is gone already, which is what closing wants.
        }
        await _disposed.CancelAsync().ConfigureAwait(false);
        await _receiving.ConfigureAwait(false);
        _socket.Dispose();
        // The semaphore stays: whoever still holds it gives it back, and it has nothing to free.
        _disposed.Dispose();
    }

    private static string CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => "unauthorized",
        HttpStatusCode.Forbidden => "forbidden",
        HttpStatusCode.Conflict => "cursor-ahead",
        HttpStatusCode.Gone => "cursor-expired",
        HttpStatusCode.TooManyRequests => "rate-limited",
        HttpStatusCode.ServiceUnavailable => "unavailable",
        _ => "http",
    };

    private string NextRef() => Interlocked.Increment(ref _nextRef).ToString(CultureInfo.InvariantCulture);

    private async Task<ServerFrame> AskAsync<T>(string reference, T frame, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<ServerFrame>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[reference] = answer;
        try
        {
            if (_receiving is { IsCompleted: true }) throw new IOException("The connection has ended.");
            await WriteAsync(frame, type, cancellationToken).ConfigureAwait(false);
            return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _pending.TryRemove(reference, out _);
        }
    }

    private async Task WriteAsync<T>(T frame, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(frame, type);
        await EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // A cancelled write would break the connection in the middle of a frame, so it runs to its end.
            await _socket.SendAsync(bytes, WebSocketMessageType.Text, true, _end).ConfigureAwait(false);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or InvalidOperationException)
        {
            throw new IOException("The connection has ended.", error);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Waits for its turn to write; the end of the connection is the end of waiting.</summary>
    private async Task EnterAsync(CancellationToken cancellationToken)
    {
        if (_writing.Wait(0, cancellationToken)) return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _end);
        try
        {
            await _writing.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The connection has ended.");
        }
    }

    private async Task ReceiveAsync()
    {
        Exception? reason = null;
        try
        {
            using var buffer = new MemoryStream();
            while (await ReadFrameAsync(_socket, buffer, _disposed.Token).ConfigureAwait(false) is { } frame)
                await DispatchAsync(frame).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Disposed: the readers see the end of the events.
        }
        catch (Exception error) when (error is WebSocketException or JsonException)
        {
            reason = new IOException("The connection broke.", error);
        }
        foreach (var (_, waiting) in _pending) waiting.TrySetException(reason ?? new IOException("The connection has ended."));
        _events.Writer.TryComplete(reason);
    }

    private ValueTask DispatchAsync(ServerFrame frame)
    {
        switch (frame.Type)
        {
            case "sent" or "pong" when frame.Ref is { } reference && _pending.TryGetValue(reference, out var waiting):
                waiting.TrySetResult(frame);
                return default;
            case "error" when frame.Ref is { } reference && _pending.TryGetValue(reference, out var waiting):
                waiting.TrySetException(new KreweException(frame.Code ?? "error", frame.Message ?? "The server refused.")
                {
                    Member = frame.Member,
                    RetryAfter = frame.RetryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                });
                return default;
            default:
                return ToEvent(frame) is { } told ? _events.Writer.WriteAsync(told, _disposed.Token) : default;
        }
    }

    private static KreweEvent? ToEvent(ServerFrame frame) => frame switch
    {
        { Type: "item", Item: { } item } => new ItemReceived(item),
        { Type: "presence", From: { } from, Show: { } show } => new PresenceChanged(from, new Presence(show, frame.Status)),
        { Type: "typing", From: { } from, State: { } state } => new TypingChanged(from, state),
        { Type: "contact", Contact: { } contact } => new ContactChanged(contact),
        { Type: "closing" } => new ServerClosing(frame.Reason ?? "", TimeSpan.FromSeconds(frame.RetryAfter ?? 0)),
        _ => null,
    };

    /// <summary>Null at the end of the connection.</summary>
    private static async Task<ServerFrame?> ReadFrameAsync(ClientWebSocket socket, MemoryStream buffer, CancellationToken cancellationToken)
    {
        buffer.SetLength(0);
        while (true)
        {
            if (buffer.Capacity - buffer.Length < 1024) buffer.Capacity = Math.Max(4096, buffer.Capacity * 2);
            var start = (int)buffer.Length;
            buffer.SetLength(buffer.Capacity);
            var part = await socket.ReceiveAsync(buffer.GetBuffer().AsMemory(start), cancellationToken).ConfigureAwait(false);
            buffer.SetLength(start + part.Count);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            if (part.EndOfMessage) return JsonSerializer.Deserialize(buffer.GetBuffer().AsSpan(0, (int)buffer.Length), KreweJson.Default.ServerFrame);
        }
    }
}
