using Krewe.Core.Connections;
using Krewe.Core.Users;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Connections;
using Krewe.Gateway.Sessions;

namespace Krewe.Gateway.Transports.Streaming;

/// <summary>One response that stays open: the mailbox from a cursor on, in one of the formats.</summary>
internal sealed class StreamSession : Session, IFeedSink, IOutputOwner
{
    /// <summary>Less than the promised 15 s by the clock's period and some more.</summary>
    internal static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(13);

    private readonly IStreamFormat _format;
    private readonly SessionParts _parts;
    private readonly Action _abort;
    private readonly OutputQueue _output;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long? _cursor;
    private readonly Feed _feed;
    private readonly Lock _startLock = new();
    private long _lastWrite;
    private volatile bool _started;
    private bool _over;

    /// <param name="abort">Breaks the connection off.</param>
    public StreamSession(Caller caller, long? cursor, IStreamFormat format, Stream body, Action abort, SessionParts parts)
        : base(caller, SessionWants.Items, parts.Registry)
    {
        (_cursor, _format, _abort, _parts) = (cursor, format, abort, parts);
        _output = new OutputQueue(body, parts.Limits.SendQueueBytes, this, parts.Time, parts.Memory);
        _feed = parts.MakeFeed(Owner, this);
    }

    public override string Transport => _format.Name;

    public override bool IsConnection => true;

    public override long? Cursor => _cursor;

    public override long? Written => _feed.Cursor;

    public override (int Bytes, long? Since) Waiting => _output.Waiting;

    public bool HasRoom => _output.HasRoom;

    /// <summary>Completes when nothing more will be written.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Begins to write; the headers must be set. False if the session was closed before: then nothing was written.</summary>
    public bool TryStart(long cursor, long last)
    {
        lock (_startLock)
        {
            if (_over || IsClosed) return false;
            Volatile.Write(ref _lastWrite, _parts.Time.GetTimestamp());
            _started = true;
        }
        _output.Append(_format.Preamble);
        _output.Flush();
        _feed.Start(cursor, last);
        return true;
    }

    public override bool Offer(ItemEncoding item) => _feed.Offer(item);

    public override void Expect(long last) => _feed.Expect(last);

    public override void Flush() => _output.Flush();

    public void Write(ItemEncoding item)
    {
        var scratch = PooledBytes.OfThread();
        _format.WriteItem(item, scratch);
        _output.Append(scratch.Span);
        _parts.Wrote(this, item.Item);
    }

    public void Overdue(int bytes) => _output.AddOverdue(bytes);

    public void Fail(CloseReason reason) => _ = CloseAsync(reason);

    public override void Tick(long timestamp)
    {
        // Registered, but the answer has not begun: a heartbeat now would come before its headers.
        if (!_started) return;
        if (_output.WriteBegan is { } began)
        {
            if (_parts.Time.GetElapsedTime(began, timestamp) > SessionParts.WriteTimeout) _ = CloseAsync(CloseReason.SlowConsumer);
        }
        else if (_parts.Time.GetElapsedTime(Volatile.Read(ref _lastWrite), timestamp) >= HeartbeatEvery)
        {
            _output.Append(_format.Heartbeat);
            _output.Flush();
        }
    }

    void IOutputOwner.OnRoom() => _feed.Resume();

    void IOutputOwner.OnOverflow() => _ = CloseAsync(CloseReason.SlowConsumer);

    void IOutputOwner.OnBroken(Exception error) => _ = CloseAsync(CloseReason.ClientGone);

    void IOutputOwner.OnWritten(int bytes)
    {
        Volatile.Write(ref _lastWrite, _parts.Time.GetTimestamp());
        _parts.Metrics.Sent(Transport, bytes);
    }

    protected override async Task EndAsync(CloseReason reason)
    {
        _feed.Stop();
        lock (_startLock) _over = true;
        if (_started && reason != CloseReason.SlowConsumer && reason != CloseReason.ClientGone)
        {
            if (reason.Reconnect)
            {
                var scratch = PooledBytes.OfThread();
                _format.WriteRetry(_parts.RetryAfter(), scratch);
                _output.Append(scratch.Span);
            }
            await _output.WaitForIdleAsync().WaitAsync(_parts.EndTimeout(reason), _parts.Time)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        _output.End();
        var idle = _output.WaitForIdleAsync();
        // A write that still waits for the client ends with the connection.
        if (!idle.IsCompleted) _abort();
        await idle.ConfigureAwait(false);
        _ended.TrySetResult();
    }
}
