using System.Threading.RateLimiting;
using Krewe.Core.Errors;
using Krewe.Core.Limits;
using Krewe.Gateway.Sessions;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Connections;

/// <summary>Lets clients in a few at a time: each that comes back has the user's state loaded and the mailbox looked at. Who comes while it is busy waits for
/// a turn; who would wait too long is told when to come again.</summary>
internal sealed class Admission(IOptions<LimitOptions> limits, SessionMetrics metrics, TimeProvider time) : IDisposable
{
    private readonly ConcurrencyLimiter _places = new(new()
    {
        PermitLimit = limits.Value.HandshakesAtOnce,
        QueueLimit = limits.Value.HandshakesWaiting,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    // How long one has taken lately, so that who is refused comes back when there is room.
    private readonly WorkTime _each = new();

    /// <summary>Waits for a turn, which lasts until what is returned is disposed of. More than once does no harm.</summary>
    public async ValueTask<Outcome<Turn>> EnterAsync(CancellationToken cancellationToken)
    {
        var at = _places.AttemptAcquire();
        if (at.IsAcquired) return new Turn(at, _each, time);
        at.Dispose();
        var begun = time.GetTimestamp();
        metrics.HandshakeWaits();
        using var late = new CancellationTokenSource(limits.Value.HandshakeWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            var lease = await _places.AcquireAsync(1, either.Token).ConfigureAwait(false);
            if (lease.IsAcquired) return new Turn(lease, _each, time);
            lease.Dispose();
            return Refuse("full");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Refuse("late");
        }
        finally
        {
            metrics.HandshakeWaited(time.GetElapsedTime(begun));
        }
    }

    public void Dispose() => _places.Dispose();

    private Fault Refuse(string reason)
    {
        metrics.HandshakeRefused(reason);
        var waiting = _places.GetStatistics()?.CurrentQueuedCount ?? 0;
        return Fault.Unavailable("Too many clients come at once; come back in a moment.", _each.ComeBack(waiting, limits.Value.HandshakesAtOnce));
    }

    /// <summary>A client's turn to come in.</summary>
    internal sealed class Turn(RateLimitLease lease, WorkTime each, TimeProvider time) : IDisposable
    {
        private readonly long _begun = time.GetTimestamp();
        private int _over;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _over, 1) != 0) return;
            each.Note(time.GetElapsedTime(_begun));
            lease.Dispose();
        }
    }
}
