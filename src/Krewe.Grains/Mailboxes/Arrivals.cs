using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;

namespace Krewe.Grains.Mailboxes;

/// <summary>Items that came together, and their common answer.</summary>
internal sealed class Arrivals(Mailbox mailbox, ImmutableArray<MailboxItem> items) : Append
{
    private readonly TaskCompletionSource<ImmutableArray<Outcome<Delivered>>> _answer = new();
    private readonly Arrival[] _arrivals = new Arrival[items.Length];

    // The items that are this call's own, as a whole, and each one that waits for another call.
    private int _pending = 1;
    private Exception? _failure;

    public Task<ImmutableArray<Outcome<Delivered>>> Answer => _answer.Task;

    public Arrival this[int index] => _arrivals[index];

    public int Count => _arrivals.Length;

    /// <summary>The item is new here: this call looks it up and stores it.</summary>
    public Arrival Own(int index) => _arrivals[index] = new Arrival(this, index, items[index]);

    /// <summary>The item is under way in another call, or came twice in this one.</summary>
    public void Share(int index, Arrival arrival)
    {
        _arrivals[index] = arrival;
        if (arrival.By == this) return;
        _pending++;
        arrival.AddWaiting(this);
    }

    public bool IsOwn(int index) => _arrivals[index].By == this && _arrivals[index].Index == index;

    /// <summary>Nothing has to be stored, or nothing can be.</summary>
    public void Settle(Exception? failure) => Complete(failure);

    public void OneSettled(Exception? failure)
    {
        _failure ??= failure;
        if (--_pending == 0) Reply();
    }

    protected override void Complete(Exception? failure)
    {
        var next = 0;
        for (var i = 0; i < _arrivals.Length; i++)
        {
            if (!IsOwn(i)) continue;
            var arrival = _arrivals[i];
            if (failure is null && arrival.Stored is null) arrival.Stored = Items[next++];
            mailbox.Forget(arrival);
            arrival.Settle(failure);
        }
        OneSettled(failure);
    }

    private void Reply()
    {
        var answers = new Outcome<Delivered>[items.Length];
        for (var i = 0; i < answers.Length; i++) answers[i] = _failure is null ? AnswerTo(items[i], _arrivals[i].Stored!) : Mailbox.FaultOf(_failure);
        _answer.SetResult(ImmutableCollectionsMarshal.AsImmutableArray(answers));
    }

    // Receipts are the same if their id is: retention may have shortened the list of messages since.
    private static Outcome<Delivered> AnswerTo(MailboxItem item, MailboxItem stored) =>
        item.Kind == ItemKind.Message && !stored.SameContent(item) ? MessageContent.Conflict : new Delivered(stored.Seq, stored.SentAt);
}

/// <summary>An item between its coming and its being durable: a second one under the same id waits for the first.</summary>
internal sealed class Arrival(Arrivals by, int index, MailboxItem item)
{
    private List<Arrivals>? _waiting;

    /// <summary>The call that it came with first.</summary>
    public Arrivals By { get; } = by;

    public int Index { get; } = index;

    public MailboxItem Item { get; } = item;

    /// <summary>What is on disk under its id.</summary>
    public MailboxItem? Stored { get; set; }

    public void AddWaiting(Arrivals call) => (_waiting ??= []).Add(call);

    public void Settle(Exception? failure)
    {
        if (_waiting is null) return;
        foreach (var call in _waiting) call.OneSettled(failure);
    }
}
