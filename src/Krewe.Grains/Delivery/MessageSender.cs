using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Limits;
using Krewe.Core.Mailboxes;
using Krewe.Grains.Mailboxes;

namespace Krewe.Grains.Delivery;

/// <summary>
/// Sends one user's messages: to the recipient's mailbox first and then, durable there, to the user's own. So a refusal leaves nothing anywhere,
/// and whatever is in the user's own mailbox has arrived. Knows nothing of grains; runs on one logical thread.
/// </summary>
internal sealed class MessageSender(Mailbox mailbox, string domain, LimitOptions limits, TimeProvider time, DeliverCall deliver)
{
    private const int MaxIdLength = 128;
    private readonly Dictionary<string, MessageParcel> _underWay = new(StringComparer.Ordinal);
    private readonly Dictionary<Jid, RecipientPipe> _pipes = [];
    private readonly TokenBucket _bucket = new(limits.SendRate, limits.SendBurst, time);
    private long _bytesUnderWay;

    public bool IsIdle => _underWay.Count == 0 && _pipes.Count == 0;

    /// <summary>One answer a draft, once each is durable in both mailboxes or refused.</summary>
    public async ValueTask<ImmutableArray<Outcome<Sent>>> SendAsync(string device, ImmutableArray<Draft> drafts)
    {
        if (drafts.IsEmpty) return [];
        if (!mailbox.IsOpen) await mailbox.OpenAsync();
        var call = new SendCall(drafts.Length);
        var known = new MailboxItem?[drafts.Length];
        Task<MailboxItem?>?[]? lookUps = null;
        var parcels = new MessageParcel?[drafts.Length];
        // Ids are reserved before anything is awaited, and all look-ups are under way at once.
        for (var i = 0; i < drafts.Length; i++)
        {
            parcels[i] = Reserve(call, i, device, drafts[i]);
            if (parcels[i] is null || drafts[i].Id is not { } id) continue;
            try
            {
                var lookUp = mailbox.FindOwnAsync(id);
                if (lookUp.IsCompletedSuccessfully) known[i] = lookUp.Result;
                else (lookUps ??= new Task<MailboxItem?>?[drafts.Length])[i] = lookUp.AsTask();
            }
            catch (Exception exception)
            {
                Finish(parcels[i]!, Mailbox.FaultOf(exception));
                parcels[i] = null;
            }
        }
        List<RecipientPipe>? touched = null;
        for (var i = 0; i < drafts.Length; i++)
        {
            if (parcels[i] is not { } parcel) continue;
            try
            {
                if (lookUps?[i] is { } lookUp) known[i] = await lookUp;
                if (await RefuseAsync(parcel, known[i]) is { } refusal) Finish(parcel, refusal);
                else if (parcel.Item.To == mailbox.Owner) _ = AppendOwnAsync([parcel]);
                else if (drafts.Length == 1) PipeTo(parcel).Start();
                else (touched ??= []).Add(PipeTo(parcel));
            }
            catch (Exception exception)
            {
                Finish(parcel, Mailbox.FaultOf(exception));
            }
        }
        // Started last, so that the first call of each takes all that this one brought.
        if (touched is not null)
        {
            foreach (var pipe in touched) pipe.Start();
        }
        return await call.Task;
    }

    /// <summary>A receipt takes the same way as messages, behind those sent before it.</summary>
    public ReceiptParcel SendReceipt(MailboxItem receipt)
    {
        var parcel = new ReceiptParcel { Item = receipt };
        var pipe = Pipe(receipt.To);
        pipe.Add(parcel);
        pipe.Start();
        return parcel;
    }

    /// <summary>Null if the draft is answered already, or will be together with its first attempt.</summary>
    private MessageParcel? Reserve(SendCall call, int index, string device, Draft draft)
    {
        if (draft.Id is { Length: 0 or > MaxIdLength })
        {
            call.Complete(index, Fault.BadRequest("id", $"An id has 1 to {MaxIdLength} characters."));
            return null;
        }
        var parcel = new MessageParcel
        {
            Call = call,
            Index = index,
            Item = new MailboxItem
            {
                Seq = 0,
                Kind = ItemKind.Message,
                Id = draft.Id ?? Guid.CreateVersion7(time.GetUtcNow()).ToString(),
                From = mailbox.Owner,
                To = draft.To,
                Device = device,
                SentAt = mailbox.NextSentAt(),
                Body = draft.Body,
                Thread = draft.Thread,
                Data = draft.Data,
                Replaces = draft.Replaces,
                Extensions = draft.Extensions.IsDefault ? [] : draft.Extensions,
            },
        };
        if (_underWay.TryAdd(parcel.Item.Id, parcel))
        {
            _bytesUnderWay += parcel.Size;
            return parcel;
        }
        var first = _underWay[parcel.Item.Id];
        if (first.Item.SameContent(parcel.Item)) first.AddRepetition(call, index);
        else call.Complete(index, MessageContent.Conflict);
        return null;
    }

    /// <summary>The answer to a draft that is not to be sent: an earlier one's, or why not.</summary>
    private async ValueTask<Outcome<Sent>?> RefuseAsync(MessageParcel parcel, MailboxItem? known)
    {
        var item = parcel.Item;
        if (known is not null)
            return known.SameContent(item) ? new Sent(known.Id, known.Seq, known.SentAt, Repeated: true) : MessageContent.Conflict;
        if (!_bucket.TryTake(out var retryAfter))
            return new Fault(FaultCode.RateLimited, $"A user sends {limits.SendRate} messages a second.") { RetryAfter = retryAfter };
        if (_bytesUnderWay > limits.BytesUnderWay)
        {
            return new Fault(FaultCode.RateLimited, $"A user has {limits.BytesUnderWay} bytes under way at once.")
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            };
        }
        // No other domain is connected, so nobody has an address there.
        if (!item.To.IsBare || item.To.Local.IsEmpty || !item.To.Domain.SequenceEqual(domain)) return Fault.UnknownAddress();
        if (item.Replaces is { } replaces && !await MayReplaceAsync(replaces, item.To))
            return Fault.BadRequest("replaces", "It names no message of one's own to the same recipient.");
        return null;
    }

    private async ValueTask<bool> MayReplaceAsync(string id, Jid to)
    {
        // One that is still under way to the same recipient arrives before this one.
        var original = _underWay.TryGetValue(id, out var parcel) ? parcel.Item : await mailbox.FindOwnAsync(id);
        return original is { Kind: ItemKind.Message } && original.To == to;
    }

    private RecipientPipe PipeTo(MessageParcel parcel)
    {
        var pipe = Pipe(parcel.Item.To);
        pipe.Add(parcel);
        return pipe;
    }

    private RecipientPipe Pipe(Jid to)
    {
        if (!_pipes.TryGetValue(to, out var pipe))
            _pipes.Add(to, pipe = new RecipientPipe(to, deliver, Answered, emptied => _pipes.Remove(emptied.To)));
        return pipe;
    }

    private void Answered(ArraySegment<Parcel> batch)
    {
        var arrived = new List<MessageParcel>(batch.Count);
        foreach (var parcel in batch)
        {
            if (parcel is ReceiptParcel receipt) receipt.Done.SetResult();
            else if (parcel is MessageParcel message)
            {
                if (message.Answer.TryGet(out _, out var fault)) arrived.Add(message);
                else Finish(message, fault);
            }
        }
        if (arrived.Count > 0) _ = AppendOwnAsync([.. arrived]);
    }

    /// <summary>Never throws: every outcome goes to those who wait.</summary>
    private async Task AppendOwnAsync(MessageParcel[] parcels)
    {
        try
        {
            var items = new MailboxItem[parcels.Length];
            for (var i = 0; i < parcels.Length; i++)
            {
                // Where an earlier attempt came as far as the recipient, its copy's time is the message's.
                var item = parcels[i].Item;
                items[i] = parcels[i].Answer.Value is { } delivered && delivered.SentAt != item.SentAt ? item with { SentAt = delivered.SentAt } : item;
            }
            var stored = await mailbox.AppendAsync(items);
            for (var i = 0; i < parcels.Length; i++)
                Finish(parcels[i], new Sent(stored[i].Id, stored[i].Seq, stored[i].SentAt, Repeated: false));
        }
        catch (Exception exception)
        {
            var fault = Mailbox.FaultOf(exception);
            foreach (var parcel in parcels) Finish(parcel, fault);
        }
    }

    private void Finish(MessageParcel parcel, Outcome<Sent> outcome)
    {
        _underWay.Remove(parcel.Item.Id);
        _bytesUnderWay -= parcel.Size;
        parcel.Complete(outcome);
    }
}
