using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;

namespace Krewe.Grains.Mailboxes;

// Items from others: stored once, however often and however concurrently they come.
internal sealed partial class Mailbox
{
    private readonly Dictionary<(Jid From, string Id), Arrival> _arrivals = [];

    /// <summary>Takes items in; the answers come when all of them are durable. A known (from, id) is answered with what was stored first.</summary>
    public async ValueTask<ImmutableArray<Outcome<Delivered>>> AcceptAsync(ImmutableArray<MailboxItem> items)
    {
        if (!IsOpen) await OpenAsync();
        var mine = new Arrival?[items.Length];
        Arrival?[]? others = null;
        for (var i = 0; i < items.Length; i++)
        {
            ref var arrival = ref CollectionsMarshal.GetValueRefOrAddDefault(_arrivals, (items[i].From, items[i].Id), out var known);
            if (known) (others ??= new Arrival?[items.Length])[i] = arrival;
            else mine[i] = arrival = new Arrival(items[i]);
        }
        Exception? failure = null;
        try
        {
            await StoreNewAsync(mine);
        }
        catch (Exception exception)
        {
            failure = exception;
            throw;
        }
        finally
        {
            foreach (var arrival in mine)
            {
                if (arrival is null) continue;
                _arrivals.Remove((arrival.Item.From, arrival.Item.Id));
                arrival.Settle(failure);
            }
        }
        return await AnswersAsync(items, mine, others);
    }

    private async ValueTask StoreNewAsync(Arrival?[] arrivals)
    {
        var fresh = 0;
        foreach (var arrival in arrivals)
        {
            if (arrival is null) continue;
            arrival.Stored = await store.FindAsync(owner, arrival.Item.From, arrival.Item.Id);
            if (arrival.Stored is null) fresh++;
        }
        if (fresh == 0) return;
        // From here to the commit nothing waits: numbers are given in the order in which commits are made.
        var items = new MailboxItem[fresh];
        var next = 0;
        foreach (var arrival in arrivals)
        {
            if (arrival is { Stored: null }) items[next++] = arrival.Item;
        }
        var appended = await AppendAsync(items);
        next = 0;
        foreach (var arrival in arrivals)
        {
            if (arrival is { Stored: null }) arrival.Stored = appended[next++];
        }
    }

    private static async ValueTask<ImmutableArray<Outcome<Delivered>>> AnswersAsync(
        ImmutableArray<MailboxItem> items, Arrival?[] mine, Arrival?[]? others)
    {
        var answers = new Outcome<Delivered>[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            var arrival = mine[i];
            if (arrival is null)
            {
                arrival = others![i]!;
                await arrival.Settled;
            }
            var stored = arrival.Stored!;
            // Receipts are the same if their id is: retention may have shortened the list of messages since.
            answers[i] = items[i].Kind == ItemKind.Message && !stored.SameContent(items[i])
                ? MessageContent.Conflict
                : new Delivered(stored.Seq, stored.SentAt);
        }
        return ImmutableCollectionsMarshal.AsImmutableArray(answers);
    }

    /// <summary>An item between its coming and its being durable: a second one under the same id waits for the first.</summary>
    private sealed class Arrival(MailboxItem item)
    {
        private TaskCompletionSource? _settled;
        private Exception? _failure;
        private bool _isSettled;

        public MailboxItem Item { get; } = item;
        public MailboxItem? Stored { get; set; }

        public Task Settled => !_isSettled
            ? (_settled ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task
            : _failure is null ? Task.CompletedTask : Task.FromException(_failure);

        public void Settle(Exception? failure)
        {
            (_isSettled, _failure) = (true, failure);
            if (failure is null) _settled?.SetResult();
            else _settled?.SetException(failure);
        }
    }
}
