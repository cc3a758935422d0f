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

    /// <summary>Takes items in; the answers come when all of them are durable. A known (from, id) is answered with what was stored first.
    /// Does not throw: a store that is away and a fence are answers.</summary>
    public Task<ImmutableArray<Outcome<Delivered>>> AcceptAsync(ImmutableArray<MailboxItem> items)
    {
        if (!IsOpen) return OpenAndAcceptAsync(items);
        var call = new Arrivals(this, items);
        for (var i = 0; i < items.Length; i++)
        {
            ref var arrival = ref CollectionsMarshal.GetValueRefOrAddDefault(_arrivals, (items[i].From, items[i].Id), out var known);
            if (known) call.Share(i, arrival!);
            else arrival = call.Own(i);
        }
        try
        {
            // A store on this machine answers at once: then all this is one turn.
            for (var i = 0; i < items.Length; i++)
            {
                if (!call.IsOwn(i)) continue;
                var lookUp = store.FindAsync(owner, items[i].From, items[i].Id);
                if (!lookUp.IsCompletedSuccessfully)
                {
                    _ = LookUpAsync(call, i, lookUp.AsTask());
                    return call.Answer;
                }
                call[i].Stored = lookUp.Result;
            }
            StoreNew(call);
        }
        catch (Exception exception)
        {
            call.Settle(exception);
        }
        return call.Answer;
    }

    internal void Forget(Arrival arrival) => _arrivals.Remove((arrival.Item.From, arrival.Item.Id));

    private async Task<ImmutableArray<Outcome<Delivered>>> OpenAndAcceptAsync(ImmutableArray<MailboxItem> items)
    {
        try
        {
            await OpenAsync();
        }
        catch (Exception exception)
        {
            var fault = FaultOf(exception);
            return [.. items.Select(_ => new Outcome<Delivered>(fault))];
        }
        return await AcceptAsync(items);
    }

    /// <summary>The rest of the look-ups, all under way at once. Never throws.</summary>
    private async Task LookUpAsync(Arrivals call, int first, Task<MailboxItem?> firstLookUp)
    {
        try
        {
            var lookUps = new Task<MailboxItem?>?[call.Count];
            lookUps[first] = firstLookUp;
            for (var i = first + 1; i < lookUps.Length; i++)
            {
                if (call.IsOwn(i)) lookUps[i] = store.FindAsync(owner, call[i].Item.From, call[i].Item.Id).AsTask();
            }
            for (var i = first; i < lookUps.Length; i++)
            {
                if (lookUps[i] is { } lookUp) call[i].Stored = await lookUp;
            }
            StoreNew(call);
        }
        catch (Exception exception)
        {
            call.Settle(exception);
        }
    }

    private void StoreNew(Arrivals call)
    {
        var fresh = new MailboxItem[call.Count];
        var count = 0;
        for (var i = 0; i < fresh.Length; i++)
        {
            if (call.IsOwn(i) && call[i].Stored is null) fresh[count++] = call[i].Item;
        }
        if (count == 0) call.Settle(null);
        else Append(call, fresh.AsSpan(0, count));
    }
}
