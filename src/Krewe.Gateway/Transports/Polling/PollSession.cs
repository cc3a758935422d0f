using Krewe.Core.Connections;
using Krewe.Core.Users;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Sessions;

namespace Krewe.Gateway.Transports.Polling;

/// <summary>
/// One device that polls. It lingers after each request, so that the device counts as available between polls and its user's
/// grain is not told of every one.
/// </summary>
internal sealed class PollSession(Caller caller, SessionRegistry registry, PollSessions table, int waitsAtOnce, TimeProvider time)
    : Session(caller, SessionWants.Items, registry)
{
    /// <summary>How long a device counts as available after its last request.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly List<Waiter> _waiters = [];
    private long _known;
    private long _lastRequest = time.GetTimestamp();
    private CloseReason? _ended;

    public override string Transport => "poll";

    public override bool IsConnection => false;

    /// <summary>Why it ended; null while it lives.</summary>
    public CloseReason? Ended
    {
        get
        {
            lock (_lock) return _ended;
        }
    }

    /// <summary>Requests that wait now.</summary>
    public int Waits
    {
        get
        {
            lock (_lock) return _waiters.Count;
        }
    }

    /// <summary>Notes a request. False if the session has ended.</summary>
    public bool TryUse()
    {
        lock (_lock)
        {
            _lastRequest = time.GetTimestamp();
            return _ended is null;
        }
    }

    public override bool Offer(ItemEncoding item)
    {
        Expect(item.Item.Seq);
        return false;
    }

    public override void Expect(long last)
    {
        lock (_lock)
        {
            _known = Math.Max(_known, last);
            for (var i = _waiters.Count - 1; i >= 0; i--)
            {
                if (_waiters[i].After < _known) _waiters[i].Complete();
            }
        }
    }

    /// <summary>
    /// Waits until the mailbox reaches beyond <paramref name="after"/>, the time is over, the client has gone or the session ends.
    /// Beyond the bound on waits at once, the oldest one ends.
    /// </summary>
    public async Task WaitAsync(long after, TimeSpan wait, CancellationToken aborted)
    {
        Waiter waiter;
        lock (_lock)
        {
            if (_known > after || _ended is not null) return;
            waiter = new Waiter(after);
            _waiters.Add(waiter);
            if (_waiters.Count > waitsAtOnce) _waiters[0].Complete();
        }
        // A timer each: a held request costs far more than its timer, and ends on time by it.
        using var timer = time.CreateTimer(static waiter => ((Waiter)waiter!).Complete(), waiter, wait, Timeout.InfiniteTimeSpan);
        using var gone = aborted.UnsafeRegister(static waiter => ((Waiter)waiter!).Complete(), waiter);
        await waiter.Task.ConfigureAwait(false);
        lock (_lock)
        {
            _waiters.Remove(waiter);
            _lastRequest = time.GetTimestamp();
        }
    }

    public override void Tick(long timestamp)
    {
        lock (_lock)
        {
            if (_waiters.Count > 0 || time.GetElapsedTime(_lastRequest, timestamp) < Linger) return;
            // Here and not in EndAsync: a request that comes now begins a new session.
            _ended ??= CloseReason.ClientGone;
        }
        _ = CloseAsync(CloseReason.ClientGone);
    }

    protected override Task EndAsync(CloseReason reason)
    {
        table.Forget(this);
        lock (_lock)
        {
            _ended ??= reason;
            foreach (var waiter in _waiters) waiter.Complete();
        }
        return Task.CompletedTask;
    }

    private sealed class Waiter(long after) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long After => after;

        public void Complete() => TrySetResult();
    }
}
