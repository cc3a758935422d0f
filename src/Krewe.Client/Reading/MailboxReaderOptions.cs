namespace Krewe.Client;

/// <summary>How a mailbox is read.</summary>
public sealed class MailboxReaderOptions
{
    /// <summary>The cursor: the <c>seq</c> of the last item that was dealt with. Default: 0, from the first item.</summary>
    public long After { get; set; }

    /// <summary>What to use, the best first; the reader falls back along the list and tries to climb again.
    /// Default: WebSocket, server-sent events, long-polling, polling.</summary>
    public IReadOnlyList<Transport> Transports { get; set; } = [Transport.WebSocket, Transport.ServerSentEvents, Transport.LongPoll, Transport.Poll];

    /// <summary>How long a long poll waits, 1 to 60 s. Default: 50 s, which most proxies bear.</summary>
    public TimeSpan LongPollWait { get; set; } = TimeSpan.FromSeconds(50);

    /// <summary>The pause between polls that found nothing. Default: 5 s.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a stream may be silent before it counts as broken; the server sends something at least every 15 s. Default: 40 s.</summary>
    public TimeSpan Silence { get; set; } = TimeSpan.FromSeconds(40);

    /// <summary>How long the reader stays on a lesser transport before it tries the better ones again. Default: 2 min.</summary>
    public TimeSpan ClimbAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>What happens when retention has trimmed items after the cursor. Default: false, the reader throws <c>cursor-expired</c>.
    /// True: it goes on with the first item that is left.</summary>
    public bool SkipTrimmed { get; set; }
}
