using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Microsoft.Extensions.Logging;

namespace Krewe.Grains.Delivery;

/// <summary>The way from one user to one other: one call in flight, what comes meanwhile goes together into the next, in order. What fails for a
/// reason that passes is repeated under the same ids before anything else goes.</summary>
/// <param name="answered">Told of every batch when it is answered; must not wait for anything.</param>
/// <param name="emptied">Told when nothing is left.</param>
internal sealed partial class RecipientPipe(
    Jid to, ICourier courier, TimeProvider time, ILogger logger, Action<Parcel[]> answered, Action<RecipientPipe> emptied)
{
    private const int MaxItems = 256;
    private const int MaxBytes = 1 << 20;

    // A dead silo is declared dead within a second or two; after that its users come up elsewhere.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    // An answer that asks for a longer wait is the sender's business.
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMilliseconds(250);

    private readonly Queue<Parcel> _waiting = new();
    private bool _running;

    public Jid To => to;

    public void Add(Parcel parcel) => _waiting.Enqueue(parcel);

    public void Start()
    {
        if (_running) return;
        _running = true;
        _ = RunAsync();
    }

    private async Task RunAsync()
    {
        while (_waiting.Count > 0)
        {
            var batch = TakeBatch();
            var parts = new MailboxItem[batch.Length];
            for (var i = 0; i < batch.Length; i++) parts[i] = batch[i].Item;
            var items = ImmutableCollectionsMarshal.AsImmutableArray(parts);
            ImmutableArray<Outcome<Delivered>> answers = default;
            Exception? failure = null;
            try
            {
                answers = await courier.DeliverAsync(to, items);
            }
            catch (Exception exception)
            {
                failure = exception;
            }
            if (failure is not null || IsMoving(answers)) answers = await RepeatAsync(items, failure);
            for (var i = 0; i < batch.Length; i++) batch[i].Answer = answers[i];
            answered(batch);
        }
        _running = false;
        emptied(this);
    }

    /// <summary>Never throws: whoever waits hears something in any case.</summary>
    private async Task<ImmutableArray<Outcome<Delivered>>> RepeatAsync(ImmutableArray<MailboxItem> items, Exception? failure)
    {
        var began = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            if (failure is not null && !courier.IsPassing(failure)) break;
            if (time.GetElapsedTime(began) > Patience) break;
            LogRepeated(items.Length, to, failure?.GetType().Name ?? "the grain moves");
            // Spread, so that the senders to one lost silo do not all come at once.
            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), time);
            try
            {
                failure = null;
                var answers = await courier.DeliverAsync(to, items);
                if (!IsMoving(answers)) return answers;
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        }
        LogFailed(failure, items.Length, to);
        return [.. Enumerable.Repeat(new Outcome<Delivered>(PeerFaults.Unreachable), items.Length)];
    }

    private static bool IsMoving(ImmutableArray<Outcome<Delivered>> answers)
    {
        foreach (var answer in answers)
        {
            if (answer.Fault is { Code: FaultCode.Unavailable, RetryAfter: { } wait } && wait <= LongestRetryAfter) return true;
        }
        return false;
    }

    private Parcel[] TakeBatch()
    {
        if (_waiting.Count == 1) return [_waiting.Dequeue()];
        var batch = new List<Parcel>(Math.Min(_waiting.Count, MaxItems));
        for (var bytes = 0; batch.Count < MaxItems && _waiting.TryPeek(out var next);)
        {
            bytes += next.Size;
            if (batch.Count > 0 && bytes > MaxBytes) break;
            batch.Add(_waiting.Dequeue());
        }
        return [.. batch];
    }

    [LoggerMessage(LogLevel.Warning, "The delivery of {Items} items to {Recipient} is repeated: {Reason}.")]
    private partial void LogRepeated(int items, Jid recipient, string reason);

    [LoggerMessage(LogLevel.Error, "{Items} items could not be delivered to {Recipient}; their senders are told to try again.")]
    private partial void LogFailed(Exception? exception, int items, Jid recipient);
}
