using Krewe.Core.Addresses;
using Krewe.Core.Administration;
using Krewe.Core.Connections;
using Krewe.Core.Draining;
using Krewe.Core.Limits;
using Krewe.Core.Mailboxes;
using Krewe.Gateway.Api;
using Krewe.Gateway.Connections;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Sessions;

/// <summary>What every session that holds a connection is made of.</summary>
internal sealed class SessionParts(
    SessionRegistry registry, Users users, IOptions<LimitOptions> limits, IOptions<DrainOptions> drain, SlowestFirst slowest, SessionMetrics metrics, MessageTrail trail, TimeProvider time)
{
    /// <summary>A client that takes nothing of one write for so long is cut off: 32 KB at 1 KB a second.</summary>
    public static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(30);

    // For what goes on after a session's end until the gateway's.
    private static readonly TimeSpan CutOff = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ShortestEnd = TimeSpan.FromMilliseconds(500);

    // A silo takes at least 500 returning clients a second without being late for the others.
    private const double ReturnsASecond = 500;

    public SessionRegistry Registry => registry;

    public LimitOptions Limits => limits.Value;

    /// <summary>What waits for all clients together.</summary>
    public SendMemory Memory => slowest.Memory;

    public SessionMetrics Metrics => metrics;

    public TimeProvider Time => time;

    /// <summary>An item was given to a connection.</summary>
    public void Wrote(Session session, MailboxItem item)
    {
        metrics.Wrote(session.Transport, 1);
        if (item.Kind == ItemKind.Message) trail.Note(TrailStep.Written, session.Owner, item.From, item.Id, item.Seq, session.Id);
    }

    public Feed MakeFeed(Jid owner, IFeedSink sink)
    {
        return new Feed(Read, sink, time);

        ValueTask<Core.Errors.Outcome<Core.Mailboxes.MailboxPage>> Read(long after, int limit)
        {
            metrics.GapRead();
            return users[owner].Mailbox.ReadAsync(after, limit);
        }
    }

    /// <summary>How long a client has to take its last bytes and to answer the goodbye, and what is under way to be answered.</summary>
    public TimeSpan EndTimeout(CloseReason reason)
    {
        if (reason != CloseReason.Drain) return TimeSpan.FromSeconds(3);
        var time = drain.Value.DrainTimeout - CutOff;
        return time > ShortestEnd ? time : ShortestEnd;
    }

    /// <summary>When a client whose connection ends should come back: at random, over the longer the more there are.</summary>
    public TimeSpan RetryAfter() =>
        TimeSpan.FromSeconds(0.2) + (Random.Shared.NextDouble() * (drain.Value.DrainSpread ?? TimeSpan.FromSeconds(Math.Clamp(registry.Returning / ReturnsASecond, 2, 30))));
}
