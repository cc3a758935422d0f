using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;

namespace Krewe.Grains.Delivery;

/// <summary>The way from one user to one other: one call in flight, what comes meanwhile goes together into the next, in order.</summary>
/// <param name="answered">Told of every batch when it is answered; must not wait for anything.</param>
/// <param name="emptied">Told when nothing is left.</param>
internal sealed class RecipientPipe(Jid to, DeliverCall deliver, Action<ArraySegment<Parcel>> answered, Action<RecipientPipe> emptied)
{
    private const int MaxItems = 256;
    private const int MaxBytes = 1 << 20;
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
            var items = new MailboxItem[batch.Length];
            for (var i = 0; i < batch.Length; i++) items[i] = batch[i].Item;
            ImmutableArray<Outcome<Delivered>> answers;
            try
            {
                answers = await deliver(to, ImmutableCollectionsMarshal.AsImmutableArray(items));
            }
            catch (Exception)
            {
                // The call turns what it expects into answers and logs the rest; whoever waits must hear something in any case.
                answers = [.. Enumerable.Repeat(new Outcome<Delivered>(PeerFaults.Unreachable), batch.Length)];
            }
            for (var i = 0; i < batch.Length; i++) batch[i].Answer = answers[i];
            answered(batch);
        }
        _running = false;
        emptied(this);
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
}
