using System.Net.WebSockets;
using Krewe.Core.Connections;
using Krewe.Core.Errors;
using Krewe.Core.Gateways;
using Krewe.Core.Mailboxes;
using Krewe.Core.Users;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Connections;
using Krewe.Gateway.Sessions;
using Krewe.Protocols.Json;
using Microsoft.Extensions.Logging;

namespace Krewe.Gateway.Transports.WebSocket;

/// <summary>One client on a WebSocket: what goes out to it, and how it ends. What comes in is the <see cref="WebSocketReader"/>'s.</summary>
internal sealed partial class WebSocketSession : Session, IFeedSink, IEphemeralSink, IOutputOwner, ISendOwner<string?>, IAckOwner
{
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(25);

    // Two pings without an answer. The user's devices are known to be gone within 90 s, spread of the clock included.
    private static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(75);

    private readonly SessionParts _parts;
    private readonly ILogger _log;
    private readonly Feed _feed;
    private readonly EphemeralQueue _ephemeral;
    private readonly long? _cursor;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Wire? _wire;
    private WebSocketReader? _reader;
    private long _lastPing;

    public WebSocketSession(Caller caller, long? cursor, SessionParts parts, ILogger log)
        : base(caller, SessionWants.All, parts.Registry)
    {
        (_cursor, _parts, _log) = (cursor, parts, log);
        _feed = parts.MakeFeed(Owner, this);
        _ephemeral = new EphemeralQueue(parts.Limits.Contacts * 2, this);
    }

    public override string Transport => "websocket";

    public override bool IsConnection => true;

    public override long? Cursor => _cursor;

    public override long? Written => _feed.Cursor;

    /// <summary>The last item that the client was given.</summary>
    public long Given => _feed.Cursor;

    /// <summary>Completes when nothing more will be written or read.</summary>
    public Task Ended => _ended.Task;

    public override (int Bytes, long? Since) Waiting => Volatile.Read(ref _wire)?.Output.Waiting ?? default;

    public bool HasRoom => Volatile.Read(ref _wire)?.Output.HasRoom ?? false;

    /// <summary>Greets the client and begins to write. Completes when the client or the server has ended the connection.</summary>
    /// <param name="stream">The bytes of the connection.</param>
    /// <param name="abort">Breaks it off.</param>
    public async Task RunAsync(Stream stream, long cursor, long last, Func<WebSocketSession, WebSocketReader> makeReader, Action abort)
    {
        var output = new OutputQueue(stream, _parts.Limits.SendQueueBytes, this, _parts.Time, _parts.Memory);
        var input = new QueueStream(stream, output, new FrameGuard(_parts.Limits.MessageBytes), _parts.Time);
        using var socket = System.Net.WebSockets.WebSocket.CreateFromStream(
            input, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = Timeout.InfiniteTimeSpan });
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _lastPing = _parts.Time.GetTimestamp();
        Volatile.Write(ref _wire, new Wire(socket, input, output, reading.Task, abort));
        // A session that was closed before this point has nobody who ends the reading; one that is closed after it has.
        if (!IsClosed)
        {
            Say(bytes => ServerFrames.WriteHello(Owner, Device, last, bytes));
            _ephemeral.Start();
            Flush();
            _feed.Start(cursor, last);
            var reader = makeReader(this);
            Volatile.Write(ref _reader, reader);
            _ = CloseAsync(await reader.RunAsync(socket, input).ConfigureAwait(false));
        }
        reading.TrySetResult();
        await Ended.ConfigureAwait(false);
    }

    public override bool Offer(ItemEncoding item) => _feed.Offer(item);

    public override void Expect(long last) => _feed.Expect(last);

    public override bool Notify(GatewayEvent gatewayEvent) => _ephemeral.Offer(gatewayEvent);

    public override void Flush() => Volatile.Read(ref _wire)?.Output.Flush();

    public void Write(ItemEncoding item)
    {
        Append(ServerFrames.ItemStart, item.Json, ServerFrames.ItemEnd);
        _parts.Wrote(this, item.Item);
    }

    public void Write(GatewayEvent gatewayEvent)
    {
        switch (gatewayEvent)
        {
            case PresenceEvent { Change: var change }: Say(bytes => ServerFrames.WritePresence(change.From, change.Overall, bytes)); break;
            case TypingEvent typing: Say(bytes => ServerFrames.WriteTyping(typing.From, typing.State, bytes)); break;
            case ContactEvent { Contact: var contact }: Say(bytes => ServerFrames.WriteContact(contact, bytes)); break;
        }
    }

    /// <summary>Answers a <c>send</c>; goes out with the next flush.</summary>
    public void Answer(string? reference, Outcome<Sent> outcome)
    {
        if (outcome.TryGet(out var sent, out var fault)) Say(bytes => ServerFrames.WriteSent(reference, sent, bytes));
        else Say(bytes => ServerFrames.WriteError(reference, fault, bytes));
    }

    public void Refuse(string? reference, Fault fault)
    {
        Say(bytes => ServerFrames.WriteError(reference, fault, bytes));
        Flush();
    }

    public void RefuseAck(Fault fault) => Refuse(null, fault);

    public void Pong(string? reference) => Say(bytes => ServerFrames.WritePong(reference, bytes));

    /// <summary>Waits while the client does not read what it was given.</summary>
    public Task WaitForRoomAsync() => _wire!.Output.WaitForRoomAsync();

    public void Overdue(int bytes) => _wire?.Output.AddOverdue(bytes);

    public void Fail(CloseReason reason) => _ = CloseAsync(reason);

    public override void Tick(long timestamp)
    {
        if (Volatile.Read(ref _wire) is not { } wire || IsClosed) return;
        if (wire.Output.WriteBegan is { } began)
        {
            if (_parts.Time.GetElapsedTime(began, timestamp) > SessionParts.WriteTimeout) _ = CloseAsync(CloseReason.SlowConsumer);
            return;
        }
        var silence = _parts.Time.GetElapsedTime(wire.Input.LastRead, timestamp);
        if (silence > DeadAfter) _ = CloseAsync(CloseReason.ClientGone);
        else if (silence >= PingEvery && _parts.Time.GetElapsedTime(_lastPing, timestamp) >= PingEvery)
        {
            _lastPing = timestamp;
            wire.Output.Append(FrameHeader.Ping);
            wire.Output.Flush();
        }
    }

    void IOutputOwner.OnRoom()
    {
        _ephemeral.Start();
        Flush();
        _feed.Resume();
    }

    void IOutputOwner.OnOverflow() => _ = CloseAsync(CloseReason.SlowConsumer);

    void IOutputOwner.OnBroken(Exception error) => _ = CloseAsync(CloseReason.ClientGone);

    void IOutputOwner.OnWritten(int bytes) => _parts.Metrics.Sent(Transport, bytes);

    [LoggerMessage(LogLevel.Error, "Session {Session} of {Owner} failed.")]
    private static partial void LogFailed(ILogger log, Exception error, string session, Core.Addresses.Jid owner);

    public void LogFailed(Exception error) => LogFailed(_log, error, Id, Owner);

    protected override async Task EndAsync(CloseReason reason)
    {
        _feed.Stop();
        if (Volatile.Read(ref _wire) is { } wire)
        {
            // One bound for all of it: with a full connection even the close frame has to wait for the client.
            if (reason != CloseReason.SlowConsumer && reason != CloseReason.ClientGone)
                await SayGoodbyeAsync(wire, reason).WaitAsync(_parts.EndTimeout(reason), _parts.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wire.Output.End();
            var idle = wire.Output.WaitForIdleAsync();
            // A read or a write that still waits for the client ends with the connection. Else the last bytes get there.
            if (!idle.IsCompleted || !wire.Reading.IsCompleted) wire.Abort();
            await idle.ConfigureAwait(false);
            await wire.Reading.ConfigureAwait(false);
        }
        _ended.TrySetResult();
    }

    private async Task SayGoodbyeAsync(Wire wire, CloseReason reason)
    {
        if (reason.IsPlanned()) Say(bytes => ServerFrames.WriteClosing(reason, reason.Reconnect ? _parts.RetryAfter() : null, bytes));
        // The client sends nothing more once it has read that; what it sent before gets its answer, so that little has to be sent again.
        if (reason == CloseReason.Drain && Volatile.Read(ref _reader) is { } reader)
        {
            wire.Output.Flush();
            await reader.WhenAnsweredAsync().ConfigureAwait(false);
        }
        // After a frame that was refused the runtime's socket is broken; after bad UTF-8 it has sent the close frame by itself.
        if (wire.Input.Refused is not null) wire.Output.Append(FrameHeader.Close(reason.WebSocketCode(), $"{reason.Code}: {reason.Text}"));
        else if (wire.Socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await wire.Socket.CloseOutputAsync((WebSocketCloseStatus)reason.WebSocketCode(), reason.Code, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await wire.Output.WaitForIdleAsync().ConfigureAwait(false);
        await wire.Reading.ConfigureAwait(false);
    }

    private void Say(Action<PooledBytes> write)
    {
        var scratch = PooledBytes.OfThread();
        write(scratch);
        Append(scratch.Span);
    }

    private void Append(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default, ReadOnlySpan<byte> third = default)
    {
        Span<byte> header = stackalloc byte[FrameHeader.MaxLength];
        var length = FrameHeader.WriteText(first.Length + second.Length + third.Length, header);
        _wire?.Output.Append(header[..length], first, second, third);
    }

    private sealed record Wire(System.Net.WebSockets.WebSocket Socket, QueueStream Input, OutputQueue Output, Task Reading, Action Abort);
}
