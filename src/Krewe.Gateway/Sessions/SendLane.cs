using System.Collections.Immutable;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Api;

namespace Krewe.Gateway.Sessions;

/// <summary>Whom a <see cref="SendLane{TReference}"/> tells what became of its messages.</summary>
internal interface ISendOwner<TReference>
{
    /// <summary>Answers one; goes out with the next flush.</summary>
    void Answer(TReference reference, Outcome<Sent> outcome);

    void Flush();

    void LogFailed(Exception error);
}

/// <summary>
/// A connection's messages on their way to the user's grain, in the order in which they came: one call is under way, and what
/// comes meanwhile goes together with the next. Who sends faster than the grain takes is made to wait.
/// </summary>
/// <typeparam name="TReference">What the client knows its message by.</typeparam>
internal sealed class SendLane<TReference>(Caller caller, Users users, ISendOwner<TReference> owner)
{
    private const int MaxMessages = 256;
    private const int MaxBytes = 256 * 1024;

    // From the moment when a message came: what waited behind a call that failed has less, so that its answer is in time as well.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8.5);

    private readonly Lock _lock = new();
    private List<Waiting> _waiting = [];
    private TaskCompletionSource? _room;
    private int _bytes;
    private bool _busy;
    private TaskCompletionSource? _idle;

    /// <summary>Takes a message; the answer goes out by itself.</summary>
    /// <returns>Completes when the next message may come.</returns>
    public Task AddAsync(TReference reference, Draft draft)
    {
        // With an id of its own, a call can be repeated without storing twice.
        if (draft.Id is null) draft = draft with { Id = Guid.CreateVersion7().ToString("N") };
        lock (_lock)
        {
            _waiting.Add(new(reference, draft, users.Now));
            _bytes += SizeOf(draft);
            if (_busy) return RoomAsync();
            _busy = true;
        }
        _ = RunAsync();
        return Task.CompletedTask;
    }

    /// <summary>Waits until nothing is under way.</summary>
    public Task WhenIdleAsync()
    {
        lock (_lock) return _busy ? (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
    }

    private Task RoomAsync()
    {
        if (_waiting.Count < MaxMessages && _bytes < MaxBytes) return Task.CompletedTask;
        return (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    private async Task RunAsync()
    {
        while (Take() is { } batch)
        {
            ImmutableArray<Draft> drafts = [.. batch.Select(waiting => waiting.Draft)];
            var outcome = await CallAsync(drafts, Patience - users.Since(batch[0].Came)).ConfigureAwait(false);
            for (var i = 0; i < batch.Count; i++) owner.Answer(batch[i].Reference, outcome.Fault ?? outcome.Value[i]);
            owner.Flush();
        }
    }

    private async ValueTask<Outcome<ImmutableArray<Outcome<Sent>>>> CallAsync(ImmutableArray<Draft> drafts, TimeSpan patience)
    {
        try
        {
            return await users.ReadAsync(
                caller.Address, user => user.Mailbox.SendAsync(caller.Device, drafts), CancellationToken.None, patience).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            owner.LogFailed(error);
            return new Fault(FaultCode.Internal, "The server failed; the operator can find out why.");
        }
    }

    private List<Waiting>? Take()
    {
        lock (_lock)
        {
            _room?.TrySetResult();
            _room = null;
            if (_waiting.Count == 0)
            {
                _busy = false;
                _idle?.TrySetResult();
                return null;
            }
            var batch = _waiting;
            (_waiting, _bytes) = ([], 0);
            return batch;
        }
    }

    private static int SizeOf(Draft draft) => 200 + (2 * ((draft.Body?.Length ?? 0) + (draft.Data?.Length ?? 0)));

    private readonly record struct Waiting(TReference Reference, Draft Draft, long Came);
}
