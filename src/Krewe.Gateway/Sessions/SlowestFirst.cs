using Krewe.Core.Connections;
using Krewe.Core.Limits;
using Krewe.Gateway.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Sessions;

/// <summary>Keeps what waits for all clients together within its bound: those go whose write has waited longest, and who reads stays.</summary>
internal sealed partial class SlowestFirst
{
    private readonly SessionRegistry _registry;
    private readonly TimeProvider _time;
    private readonly ILogger<SlowestFirst> _log;
    private int _busy;

    public SlowestFirst(SessionRegistry registry, IOptions<LimitOptions> limits, SessionMetrics metrics, TimeProvider time, ILogger<SlowestFirst> log)
    {
        (_registry, _time, _log) = (registry, time, log);
        Memory = new SendMemory(limits.Value.SendQueuesBytes, Relieve);
        metrics.Watch(Memory);
    }

    public SendMemory Memory { get; }

    /// <summary>Who is to go, slowest first, until three quarters of the bound are left.</summary>
    internal static List<Session> Choose(IEnumerable<Session> sessions, long bytes, long bound)
    {
        var going = new List<Session>();
        foreach (var (session, waiting) in sessions.Where(static session => !session.IsClosed).Select(static session => (session, session.Waiting))
            .Where(static one => one.Waiting is { Bytes: > 0, Since: not null }).OrderBy(static one => one.Waiting.Since))
        {
            // A little less than all, so that the next message does not begin anew.
            if (bytes <= bound / 4 * 3) break;
            bytes -= waiting.Bytes;
            going.Add(session);
        }
        return going;
    }

    private void Relieve()
    {
        if (Interlocked.Exchange(ref _busy, 1) == 0) _ = RelieveAsync();
    }

    private async Task RelieveAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var going = Choose(_registry.Sessions(), Memory.Bytes, Memory.Bound);
            if (going.Count == 0) return;
            LogRelieved(going.Count, Memory.Bytes);
            // What they hold is free once they have ended; choosing again before would take too many.
            await Task.WhenAll(going.Select(static session => session.CloseAsync(CloseReason.SlowConsumer)))
                .WaitAsync(TimeSpan.FromSeconds(5), _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Bytes} bytes wait for clients, more than Krewe:Limits:SendQueuesBytes: the {Count} slowest are cut off.")]
    private partial void LogRelieved(int count, long bytes);
}
