namespace Krewe.Client;

/// <summary>Reads a mailbox from a cursor on: each item once, in order, over whatever transport works, across every break.</summary>
/// <remarks>One enumeration at a time. It ends only by cancellation or by an exception that no retry would mend: a refused token,
/// <c>cursor-ahead</c>, <c>cursor-expired</c>.</remarks>
public sealed class MailboxReader : IAsyncEnumerable<Item>
{
    private readonly Api _api;
    private readonly MailboxReaderOptions _options;
    private readonly Lock _switching = new();
    private CancellationTokenSource? _attempt;
    private int _level;
    private Transport? _forced;

    internal MailboxReader(Api api, MailboxReaderOptions options)
    {
        if (options.Transports.Count == 0) throw new ArgumentException("A reader needs at least one transport.", nameof(options));
        _api = api;
        _options = options;
        Cursor = options.After;
    }

    /// <summary>The <c>seq</c> of the last item that was handed out.</summary>
    public long Cursor { get; private set; }

    /// <summary>The transport in use, or the one being tried.</summary>
    public Transport Transport => _forced ?? _options.Transports[_level];

    /// <summary>Presence, typing, contacts and the like, as far as the transport carries them. Raised between items, on the reading task.</summary>
    public event Action<KreweEvent>? Told;

    /// <summary>The reader has begun to use a transport.</summary>
    public event Action<Transport>? Opened;

    /// <summary>Leaves the present transport and goes on, from the cursor, with this one alone; null: back to the list.</summary>
    public void SwitchTo(Transport? transport)
    {
        lock (_switching)
        {
            _forced = transport;
            _attempt?.Cancel();
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerator<Item> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        var backoff = new Backoff(_api.Options.Backoff, _api.Options.TimeProvider);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var attempt = new Attempt(BeginAttempt(cancellationToken));
            await foreach (var told in RunAsync(attempt).ConfigureAwait(false))
            {
                if (attempt.Opened) backoff.Reset();
                if (told is not ItemReceived { Item: var item }) Told?.Invoke(told);
                else if (item.Seq > Cursor)
                {
                    // A hole cannot come from the server's contract: take it as a broken connection and ask again from the cursor.
                    if (item.Seq != Cursor + 1) break;
                    Cursor = item.Seq;
                    yield return item;
                    // What is still buffered comes again on the transport that takes over.
                    if (attempt.Source.IsCancellationRequested) break;
                }
            }
            cancellationToken.ThrowIfCancellationRequested();
            var switched = EndAttempt(attempt);
            if (await AfterAsync(attempt, switched).ConfigureAwait(false))
                await backoff.WaitAsync(attempt.RetryAfter, cancellationToken).ConfigureAwait(false);
        }
    }

    private CancellationTokenSource BeginAttempt(CancellationToken cancellationToken)
    {
        lock (_switching) return _attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>True if the attempt ended because somebody asked for another transport.</summary>
    private bool EndAttempt(Attempt attempt)
    {
        lock (_switching)
        {
            var switched = attempt.Source.IsCancellationRequested && !attempt.Climbing;
            _attempt = null;
            attempt.Source.Dispose();
            return switched;
        }
    }

    private async IAsyncEnumerable<KreweEvent> RunAsync(Attempt attempt)
    {
        var token = attempt.Source.Token;
        using var climb = ScheduleClimb(attempt);
        var signals = Open(Transport).ReadAsync(Cursor, token).GetAsyncEnumerator(token);
        try
        {
            while (await MoveAsync(signals, attempt).ConfigureAwait(false))
            {
                if (signals.Current.Event is not { } told)
                {
                    if (!attempt.Opened) Opened?.Invoke(Transport);
                    attempt.Opened = true;
                    continue;
                }
                if (told is ServerClosing closing) attempt.RetryAfter = closing.RetryAfter;
                yield return told;
            }
        }
        finally
        {
            await signals.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async ValueTask<bool> MoveAsync(IAsyncEnumerator<Signal> signals, Attempt attempt)
    {
        try
        {
            return await signals.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is KreweException or HttpRequestException or IOException or OperationCanceledException
            or System.Net.WebSockets.WebSocketException or System.Text.Json.JsonException)
        {
            attempt.Error = error;
            return false;
        }
    }

    /// <summary>Decides what comes next; true: after a pause.</summary>
    private async ValueTask<bool> AfterAsync(Attempt attempt, bool switched)
    {
        if (switched) return false;
        if (attempt.Climbing)
        {
            _level = 0;
            return false;
        }
        if (attempt.Error is KreweException refused)
        {
            if (refused.Code is "cursor-ahead" or "cursor-expired" or "unauthorized") await ResolveAsync(refused).ConfigureAwait(false);
            attempt.RetryAfter ??= refused.RetryAfter;
        }
        // A transport that worked and broke is tried again first; one that never opened gives way to the next.
        if (!attempt.Opened && _forced is null) _level = (_level + 1) % _options.Transports.Count;
        return attempt.Opened || _level == 0 || _forced is not null;
    }

    /// <summary>A handshake has no body to say more: a plain poll tells the whole problem, or that there is none.</summary>
    private async ValueTask ResolveAsync(KreweException refused)
    {
        if (refused is { Code: "unauthorized" } or { First: not null } or { Last: not null }) Settle(refused);
        try
        {
            await foreach (var _ in new PollTransport(_api, TimeSpan.Zero, TimeSpan.Zero).ReadAsync(Cursor, CancellationToken.None).ConfigureAwait(false)) break;
        }
        catch (KreweException whole) when (whole.Code is "cursor-ahead" or "cursor-expired" or "unauthorized")
        {
            Settle(whole);
        }
        catch (Exception error) when (error is KreweException or HttpRequestException or IOException)
        {
            // Not to be had now; the next attempt will see.
        }
    }

    private void Settle(KreweException refused)
    {
        if (refused is { Code: "cursor-expired", First: { } first } && _options.SkipTrimmed) Cursor = Math.Max(Cursor, first - 1);
        else throw refused;
    }

    private ITimer? ScheduleClimb(Attempt attempt) => _level == 0 || _forced is not null ? null : _api.Options.TimeProvider.CreateTimer(
        _ =>
        {
            lock (_switching)
            {
                if (_attempt != attempt.Source) return;
                attempt.Climbing = true;
                attempt.Source.Cancel();
            }
        },
        null, _options.ClimbAfter, Timeout.InfiniteTimeSpan);

    private IMailboxTransport Open(Transport transport) => transport switch
    {
        Transport.WebSocket => new WebSocketTransport(_api),
        Transport.ServerSentEvents or Transport.Ndjson => new StreamTransport(_api, transport, _options.Silence),
        Transport.LongPoll => new PollTransport(_api, _options.LongPollWait, TimeSpan.Zero),
        Transport.Poll => new PollTransport(_api, TimeSpan.Zero, _options.PollInterval),
        _ => throw new InvalidOperationException($"There is no transport {transport}."),
    };

    /// <summary>One use of one transport.</summary>
    private sealed class Attempt(CancellationTokenSource source)
    {
        public CancellationTokenSource Source => source;

        public bool Opened { get; set; }

        public bool Climbing { get; set; }

        public Exception? Error { get; set; }

        public TimeSpan? RetryAfter { get; set; }
    }
}
