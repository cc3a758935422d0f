using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Krewe.Core.Connections;
using Krewe.Core.Gateways;
using Krewe.Core.Users;
using Krewe.Gateway.Accounts;

namespace Krewe.Gateway.Sessions;

/// <summary>An authenticated client of this gateway. The registry hands it its user's events; the transport's own class writes them.</summary>
internal abstract class Session(Caller caller, SessionWants wants, SessionRegistry registry)
{
    private Task? _closing;
    private CloseReason? _reason;
    private int _renewal;
    private int _touched;

    /// <summary>Unique in the cluster.</summary>
    public string Id { get; } = Guid.CreateVersion7().ToString("N");

    public Jid Owner => caller.Address;

    public string Device => caller.Device;

    public TokenInfo Token => caller.Token;

    public SessionWants Wants => wants;

    /// <summary>The name of the transport, as metrics and logs have it.</summary>
    public abstract string Transport { get; }

    /// <summary>Does it hold a connection open, so that it counts towards a user's bound on them?</summary>
    public abstract bool IsConnection { get; }

    public bool IsClosed => Volatile.Read(ref _closing) is not null;

    /// <summary>Why it was closed; known once <see cref="CloseAsync"/> has completed.</summary>
    public CloseReason? Reason => Volatile.Read(ref _reason);

    /// <summary>The silo that holds the user's grain, as far as this gateway knows.</summary>
    public SiloAddress? Core { get; set; }

    /// <summary>When the registration was last made sure of, as a timestamp of the time provider; 0: not yet.</summary>
    public long RenewedAt { get; set; }

    /// <summary>Where the client came from, if it said; goes into the registration.</summary>
    public virtual long? Cursor => null;

    /// <summary>The last item that was written to the client; null where the client keeps the cursor.</summary>
    public virtual long? Written => null;

    /// <summary>How many bytes wait for the client, and since when a write does, as a timestamp of the time provider.</summary>
    public virtual (int Bytes, long? Since) Waiting => default;

    /// <summary>Does its device become available by it, unless that said otherwise?</summary>
    public virtual bool AutoAvailable => true;

    /// <summary>Is it the only one under its full address: does it end one that was there before?</summary>
    public virtual bool IsExclusive => false;

    /// <summary>Takes a live item. True if the session wants to be flushed.</summary>
    public abstract bool Offer(ItemEncoding item);

    /// <summary>The mailbox reaches to <paramref name="last"/>, as the grain says.</summary>
    public abstract void Expect(long last);

    /// <summary>Takes presence, typing or a contact's change. True if the session wants to be flushed.</summary>
    public virtual bool Notify(GatewayEvent gatewayEvent) => false;

    /// <summary>Puts on the wire what was written; may be called on any thread.</summary>
    public virtual void Flush()
    {
    }

    /// <summary>Called about once a second: heartbeats, clients that do not answer.</summary>
    /// <param name="timestamp">Of the time provider.</param>
    public virtual void Tick(long timestamp)
    {
    }

    /// <summary>Ends the session; the first reason wins, and everybody waits for the same end. Returns at once.</summary>
    public Task CloseAsync(CloseReason reason)
    {
        if (Volatile.Read(ref _closing) is { } closing) return closing;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _closing, done.Task, null) is { } earlier) return earlier;
        Volatile.Write(ref _reason, reason);
        _ = RunCloseAsync(reason, done);
        return done.Task;
    }

    /// <summary>Tells the client why, as far as the transport can, and ends the connection. Bounded in time; does not throw.</summary>
    protected abstract Task EndAsync(CloseReason reason);

    /// <summary>Marks the session as having something to flush. True the first time.</summary>
    internal bool Touch() => Interlocked.Exchange(ref _touched, 1) == 0;

    internal void FlushTouched()
    {
        Volatile.Write(ref _touched, 0);
        Flush();
    }

    /// <summary>True if the caller is to renew the registration; else the one who does will do so once more.</summary>
    internal bool BeginRenewal()
    {
        while (true)
        {
            var before = Volatile.Read(ref _renewal);
            if (Interlocked.CompareExchange(ref _renewal, Math.Min(2, before + 1), before) == before) return before == 0;
        }
    }

    /// <summary>True if the renewal is done; false if somebody asked for another one meanwhile.</summary>
    internal bool EndRenewal()
    {
        if (Interlocked.CompareExchange(ref _renewal, 0, 1) == 1) return true;
        Volatile.Write(ref _renewal, 1);
        return false;
    }

    private async Task RunCloseAsync(CloseReason reason, TaskCompletionSource done)
    {
        // The caller may hold a lock or be the stream's consumer.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        registry.Remove(this, reason);
        try
        {
            await EndAsync(reason).ConfigureAwait(false);
        }
        finally
        {
            done.TrySetResult();
        }
    }
}
