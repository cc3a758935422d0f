using Krewe.Core.Addresses;
using Krewe.Core.Presence;

namespace Krewe.Grains.Presence;

/// <summary>Brings a user's presence to the contacts without holding up a turn: per contact one call at a time, in order, and what changes
/// meanwhile goes into the next one; a bounded number of contacts at once; a call that fails is made again for about a minute.</summary>
/// <remarks>Lives on its grain's scheduler: nothing here is locked.</remarks>
/// <param name="build">Makes the changes to send at the moment of sending: of the given devices, or the whole picture for null.
/// It decides again who may see what.</param>
internal sealed class PresenceOutbox(
    Func<Jid, IReadOnlySet<string>?, IReadOnlyList<PresenceChange>> build,
    Func<Jid, PresenceChange, ValueTask> send,
    Action<Jid, Exception, bool> failed,
    TimeProvider time,
    CancellationToken stopping)
{
    /// <summary>Contacts that are told at the same time: enough to hide the calls' latency, few enough to leave the silo's queue to others.</summary>
    public const int Parallelism = 32;

    /// <summary>0.25 s doubled up to 16 s: together some 48 s, well over what a silo's death takes, within the minute that R7 grants a phantom.</summary>
    private const int Attempts = 9;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(16);

    private readonly Dictionary<Jid, Pending> _pending = [];
    private readonly Queue<Jid> _ready = [];
    private int _workers;

    /// <summary>Contacts that have not been told everything yet.</summary>
    public int Count => _pending.Count;

    /// <summary>One device changed.</summary>
    public void Add(Jid contact, string device)
    {
        var pending = Get(contact);
        pending.Devices?.Add(device);
        Ready(contact, pending);
    }

    /// <summary>The contact needs the whole picture, or an offline if it may not see one.</summary>
    /// <returns>Completes when that was tried once.</returns>
    public Task AddAll(Jid contact)
    {
        var pending = Get(contact);
        pending.Devices = null;
        Ready(contact, pending);
        return (pending.Tried ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    private Pending Get(Jid contact)
    {
        if (!_pending.TryGetValue(contact, out var pending)) _pending[contact] = pending = new Pending();
        pending.Changed = true;
        return pending;
    }

    private void Ready(Jid contact, Pending pending)
    {
        if (pending.Busy) return;
        pending.Busy = true;
        Enqueue(contact);
    }

    private void Enqueue(Jid contact)
    {
        _ready.Enqueue(contact);
        if (_workers >= Parallelism) return;
        _workers++;
        _ = WorkAsync();
    }

    private async Task WorkAsync()
    {
        // The turn that made the change goes on first: one turn's changes make one call.
        await Task.Yield();
        while (_ready.TryDequeue(out var contact) && !stopping.IsCancellationRequested) await TellAsync(contact, _pending[contact]);
        _workers--;
    }

    private async Task TellAsync(Jid contact, Pending pending)
    {
        var (devices, tried) = (pending.Devices, pending.Tried);
        (pending.Devices, pending.Tried, pending.Changed) = ([], null, false);
        try
        {
            foreach (var change in build(contact, devices)) await send(contact, change);
            pending.Attempt = 0;
        }
        catch (Exception exception)
        {
            // After a failure the contact may have seen a part: it gets the whole picture.
            pending.Devices = null;
            pending.Attempt++;
            var again = pending.Attempt < Attempts && !stopping.IsCancellationRequested;
            failed(contact, exception, again);
            if (again)
            {
                _ = LaterAsync(contact, pending.Attempt);
                return;
            }
        }
        finally
        {
            tried?.SetResult();
        }
        if (pending.Changed) Enqueue(contact);
        else _pending.Remove(contact);
    }

    private async Task LaterAsync(Jid contact, int attempt)
    {
        try
        {
            await Task.Delay(TimeSpan.FromTicks(Math.Min(MaxDelay.Ticks, FirstDelay.Ticks << (attempt - 1))), time, stopping);
            Enqueue(contact);
        }
        catch (OperationCanceledException)
        {
            // The grain goes; whoever needs the presence asks its next activation.
        }
    }

    private sealed class Pending
    {
        /// <summary>Waits for its turn, is being told, or waits for another attempt.</summary>
        public bool Busy { get; set; }

        /// <summary>Something has changed since the last call was built.</summary>
        public bool Changed { get; set; }

        /// <summary>What to tell of; null: everything.</summary>
        public HashSet<string>? Devices { get; set; } = [];

        /// <summary>Who waits for the next call.</summary>
        public TaskCompletionSource? Tried { get; set; }

        public int Attempt { get; set; }
    }
}
