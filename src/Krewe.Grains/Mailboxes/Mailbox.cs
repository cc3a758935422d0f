using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Krewe.Grains.Push;
using Krewe.Grains.Users;

namespace Krewe.Grains.Mailboxes;

/// <summary>
/// One user's log: numbers items, makes them durable, lets them be seen in order. Knows nothing of grains; its caller runs it on one logical
/// thread and may interleave calls at every await.
/// </summary>
/// <remarks>
/// Every method may throw <see cref="StoreUnavailableException"/> (ask again: it loads anew by itself) or
/// <see cref="MailboxFencedException"/> (this object is stale and must be thrown away).
/// </remarks>
internal sealed partial class Mailbox(Jid owner, IMailboxStore store, TimeProvider time, MailboxEvents events, PushPlanner? pushes = null)
{
    private const int ReloadPage = 500;

    // Callers wait rather than being refused while commits that are lost anyway come back; a store that hangs must not hold them for long.
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(2);

    private readonly Queue<Append> _appends = new();
    private MailboxState _state = new();
    private Task? _opening;
    private Exception? _failure;
    private bool _opened;
    private bool _closed;
    private bool _stateChanged;
    private long _assigned;
    private long _revision;
    private int _inFlight;
    private TaskCompletionSource? _drained;
    private DateTimeOffset _lastSentAt;
    private Append? _lastStateAppend;

    public Jid Owner => owner;

    /// <summary>The first <c>seq</c> that is left.</summary>
    public long First { get; private set; } = 1;

    /// <summary>The newest <c>seq</c> that is durable.</summary>
    public long Last { get; private set; }

    /// <summary>Up to here some device has dealt with everything.</summary>
    public long Delivered => _state.Delivered;

    /// <summary>What is known of the devices' cursors and of receipts under way.</summary>
    public MailboxState State => _state;

    public bool IsOpen => _opened && _failure is null;

    /// <summary>Loads what the store knows, if that is still to be done or has to be done again.</summary>
    public Task OpenAsync() => IsOpen ? Task.CompletedTask : _opening is { IsCompleted: false } ? _opening : _opening = LoadAsync();

    /// <summary>The time for a message that its owner sends now: whole milliseconds, never before the one before.</summary>
    public DateTimeOffset NextSentAt()
    {
        var now = time.GetUtcNow().UtcTicks;
        var sentAt = new DateTimeOffset(now - now % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
        return _lastSentAt = sentAt > _lastSentAt ? sentAt : _lastSentAt;
    }

    /// <summary>The item that the owner sent under this id, or null.</summary>
    public ValueTask<MailboxItem?> FindOwnAsync(string id) => store.FindAsync(owner, owner, id);

    /// <summary>Numbers the items at once, in the order given, and sends them to the store; <paramref name="append"/> hears of the end.</summary>
    public void Append(Append append, ReadOnlySpan<MailboxItem> items)
    {
        ThrowUnlessOpen();
        var numbered = new MailboxItem[items.Length];
        for (var i = 0; i < items.Length; i++) numbered[i] = items[i] with { Seq = ++_assigned };
        append.Items = ImmutableCollectionsMarshal.AsImmutableArray(numbered);
        Commit(append, withState: _stateChanged, pushes?.Appended(numbered) ?? []);
    }

    /// <summary>Writes what changed in the state and waits for no occasion.</summary>
    public Task SaveStateAsync() => IsOpen && _stateChanged ? CommitStateAsync() : Task.CompletedTask;

    /// <summary>What callers hear of an exception of this class.</summary>
    public static Fault FaultOf(Exception exception) => exception is MailboxFencedException ? StoreFaults.Moved : StoreFaults.Unavailable;

    /// <summary>Takes nothing any more, and completes when nothing is on its way to the store.</summary>
    public async Task CloseAsync()
    {
        _closed = true;
        while (_appends.TryPeek(out var head)) await head.Settled.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private void ThrowUnlessOpen()
    {
        if (_closed) throw new MailboxFencedException(owner, _assigned + 1);
        if (_failure is MailboxFencedException) throw _failure;
        if (!IsOpen) throw new StoreUnavailableException($"The mailbox of {owner} has to be loaded again.", _failure);
    }

    private Task CommitStateAsync(ImmutableArray<PushWrite> writes = default)
    {
        var append = new StateAppend();
        Commit(append, withState: true, writes.IsDefault ? [] : writes);
        return append.Settled;
    }

    private void Commit(Append append, bool withState, ImmutableArray<PushWrite> writes)
    {
        _appends.Enqueue(append);
        _inFlight++;
        byte[]? state = null;
        if (withState)
        {
            _state.LastSentAt = _lastSentAt;
            state = _state.Encode();
            _stateChanged = false;
            _lastStateAppend = append;
            _revision++;
        }
        _ = CompleteAsync(append, new MailboxCommit { Owner = owner, Items = append.Items, State = state, Revision = _revision, Pushes = writes });
    }

    /// <summary>Never throws.</summary>
    private async Task CompleteAsync(Append append, MailboxCommit commit)
    {
        try
        {
            await store.CommitAsync(commit);
            append.IsDone = true;
        }
        catch (Exception exception)
        {
            // After a commit of unknown outcome those behind it are fenced as a matter of course: only the first failure counts.
            Fail(exception);
        }
        if (--_inFlight == 0) _drained?.TrySetResult();
        Release();
    }

    /// <summary>Lets what is durable be seen, in order: something that is finished waits for all before it.</summary>
    private void Release()
    {
        while (_appends.TryPeek(out var head) && (head.IsDone || _failure is not null))
        {
            _appends.Dequeue();
            if (_failure is null && !head.Items.IsEmpty)
            {
                Last = head.Items[^1].Seq;
                events.Durable(head.Items);
            }
            // With a failure also one that is on disk: whether those before it are, only loading tells. A retry under its id finds it.
            head.Release(_failure);
        }
    }

    private void Fail(Exception exception)
    {
        if (_failure is not null) return;
        _failure = exception is MailboxFencedException or StoreUnavailableException
            ? exception
            : new StoreUnavailableException($"The store failed on the mailbox of {owner}.", exception);
        pushes?.Forget();
        if (exception is MailboxFencedException fence) events.Fenced(fence);
    }

    private async Task DrainAsync()
    {
        _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _drained.Task.WaitAsync(DrainPatience, time);
        }
        catch (TimeoutException timeout)
        {
            throw new StoreUnavailableException($"The store does not answer to earlier commits of {owner}.", timeout);
        }
    }

    private async Task LoadAsync()
    {
        if (_failure is MailboxFencedException) throw _failure;
        // What is still under way may yet get onto the disk, after what we would read now.
        if (_inFlight > 0) await DrainAsync();
        var head = await store.OpenAsync(owner);
        var state = MailboxState.Decode(head.State);
        var tail = await store.ReadAsync(owner, Math.Max(head.Last - 8, 0), 8, PageBytes);
        foreach (var item in tail.Items)
        {
            if (item.From == owner && item.SentAt > _lastSentAt) _lastSentAt = item.SentAt;
        }
        if (state.LastSentAt > _lastSentAt) _lastSentAt = state.LastSentAt;
        // The first time nobody has seen anything yet. Later: what came onto the disk although its commit seemed to fail was not announced.
        while (_opened && Last < head.Last)
        {
            var missed = await store.ReadAsync(owner, Last, ReloadPage, PageBytes);
            if (missed.Items.IsEmpty) break;
            Last = missed.Items[^1].Seq;
            events.Durable(missed.Items);
        }
        (First, Last, _assigned, _revision, _state, _stateChanged) = (head.First, head.Last, head.Last, head.Revision, state, false);
        (_failure, _opened, _lastStateAppend) = (null, true, null);
        events.Opened();
    }
}
