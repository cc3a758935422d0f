using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Administration;
using Krewe.Core.Errors;
using Krewe.Core.Limits;
using Krewe.Core.Mailboxes;
using Krewe.Grains.Mailboxes;
using Krewe.Grains.Users;
using Microsoft.Extensions.Logging;

namespace Krewe.Grains.Delivery;

/// <summary>
/// Sends one user's messages: to the recipient's mailbox first and then, durable there, to the user's own. So a refusal leaves nothing anywhere,
/// and whatever is in the user's own mailbox has arrived. Knows nothing of grains; runs on one logical thread.
/// </summary>
internal sealed class MessageSender(Mailbox mailbox, SendRules rules, TimeProvider time, ICourier courier, UserMetrics metrics, MessageTrail trail, ILogger logger)
{
    private const int MaxIdLength = 128;

    // People write to the same few again and again: their pipes stay.
    private const int IdlePipes = 32;

    private static readonly TimeSpan UnderWayRetryAfter = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, MessageParcel> _underWay = new(StringComparer.Ordinal);
    private readonly Dictionary<Jid, RecipientPipe> _pipes = [];
    private readonly TokenBucket _bucket = new(rules.Limits.SendRate, rules.Limits.SendBurst, time);
    private long _bytesUnderWay;

    private UserMetrics Metrics { get; } = metrics;

    public bool IsIdle => _underWay.Count == 0;

    /// <summary>One answer a draft, once each is durable in both mailboxes or refused. Does not throw: trouble with the store is an answer.</summary>
    public Task<ImmutableArray<Outcome<Sent>>> SendAsync(string device, ImmutableArray<Draft> drafts)
    {
        if (drafts.IsEmpty) return Task.FromResult<ImmutableArray<Outcome<Sent>>>([]);
        if (!mailbox.IsOpen) return OpenAndSendAsync(device, drafts);
        var call = new SendCall(drafts.Length);
        var touched = new List<RecipientPipe>(1);
        for (var i = 0; i < drafts.Length; i++)
        {
            if (Reserve(call, i, device, drafts[i]) is not { } parcel) continue;
            try
            {
                var known = Find(drafts[i].Id);
                var original = FindOriginal(parcel);
                if (!known.IsCompletedSuccessfully || !original.IsCompletedSuccessfully)
                {
                    // A store that takes its time: this one and what is behind it queue up, for the order.
                    Start(touched);
                    _ = SendInOrderAsync(call, device, drafts, i, parcel, known.AsTask(), original.AsTask());
                    return call.Task;
                }
                Dispatch(parcel, known.Result, original.Result, touched);
            }
            catch (Exception exception)
            {
                Finish(parcel, Mailbox.FaultOf(exception));
            }
        }
        Start(touched);
        return call.Task;
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

    private async Task<ImmutableArray<Outcome<Sent>>> OpenAndSendAsync(string device, ImmutableArray<Draft> drafts)
    {
        try
        {
            await mailbox.OpenAsync();
        }
        catch (Exception exception)
        {
            var fault = Mailbox.FaultOf(exception);
            return [.. drafts.Select(_ => new Outcome<Sent>(fault))];
        }
        return await SendAsync(device, drafts);
    }

    /// <summary>The drafts from <paramref name="first"/> on: all ids reserved and all look-ups under way at once, then one after the other. Never throws.</summary>
    private async Task SendInOrderAsync(SendCall call, string device, ImmutableArray<Draft> drafts, int first, MessageParcel firstParcel,
        Task<MailboxItem?> firstKnown, Task<MailboxItem?> firstOriginal)
    {
        var queue = new List<(MessageParcel Parcel, Task<MailboxItem?> Known, Task<MailboxItem?> Original)> { (firstParcel, firstKnown, firstOriginal) };
        for (var i = first + 1; i < drafts.Length; i++)
        {
            if (Reserve(call, i, device, drafts[i]) is not { } parcel) continue;
            try
            {
                queue.Add((parcel, Find(drafts[i].Id).AsTask(), FindOriginal(parcel).AsTask()));
            }
            catch (Exception exception)
            {
                Finish(parcel, Mailbox.FaultOf(exception));
            }
        }
        var touched = new List<RecipientPipe>();
        foreach (var (parcel, known, original) in queue)
        {
            try
            {
                Dispatch(parcel, await known, await original, touched);
            }
            catch (Exception exception)
            {
                Finish(parcel, Mailbox.FaultOf(exception));
            }
        }
        Start(touched);
    }

    /// <summary>Null if the draft is answered already, or will be together with its first attempt.</summary>
    private MessageParcel? Reserve(SendCall call, int index, string device, Draft draft)
    {
        if (draft.Id is { } id && (id.Length == 0 || CharacterCount.Of(id) > MaxIdLength))
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
                Hints = draft.Hints,
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

    private ValueTask<MailboxItem?> Find(string? id) => id is null ? default : mailbox.FindOwnAsync(id);

    /// <summary>What the message replaces. One that is still under way to the same recipient arrives before this one.</summary>
    private ValueTask<MailboxItem?> FindOriginal(MessageParcel parcel)
    {
        if (parcel.Item.Replaces is not { } id) return default;
        if (!_underWay.TryGetValue(id, out var original)) return mailbox.FindOwnAsync(id);
        return new(original == parcel ? null : original.Item);
    }

    /// <summary>Answers the message, or puts it on its way.</summary>
    private void Dispatch(MessageParcel parcel, MailboxItem? known, MailboxItem? original, List<RecipientPipe> touched)
    {
        var item = parcel.Item;
        if (Refuse(item, known, original) is { } answer)
        {
            if (answer.Fault is { Code: FaultCode.RateLimited }) Metrics.SendThrottled();
            Finish(parcel, answer);
        }
        else if (Accept(item).To == mailbox.Owner)
        {
            new OwnCopies(this, [parcel]).Append(mailbox);
        }
        else
        {
            var pipe = Pipe(item.To);
            pipe.Add(parcel);
            if (touched.Count == 0 || touched[^1] != pipe) touched.Add(pipe);
        }
    }

    /// <summary>The answer to a draft that is not to be sent: an earlier one's, or why not.</summary>
    private Outcome<Sent>? Refuse(MailboxItem item, MailboxItem? known, MailboxItem? original)
    {
        if (known is not null)
            return known.SameContent(item) ? new Sent(known.Id, known.Seq, known.SentAt, Repeated: true) : MessageContent.Conflict;
        if (!_bucket.TryTake(out var retryAfter))
            return new Fault(FaultCode.RateLimited, FormattableString.Invariant($"A user sends {rules.Limits.SendRate} messages a second.")) { RetryAfter = retryAfter };
        if (_bytesUnderWay > rules.Limits.BytesUnderWay)
            return new Fault(FaultCode.RateLimited, $"A user has {rules.Limits.BytesUnderWay} bytes under way at once.") { RetryAfter = UnderWayRetryAfter };
        // No other domain is connected, so nobody has an address there.
        if (!item.To.IsBare || item.To.Local.IsEmpty || !item.To.Domain.SequenceEqual(rules.Domain)) return Fault.UnknownRecipient();
        if (item.Replaces is not null && (original is not { Kind: ItemKind.Message } || original.To != item.To))
            return Fault.BadRequest("replaces", "It names no message of one's own to the same recipient.");
        return null;
    }

    private MailboxItem Accept(MailboxItem item)
    {
        trail.Note(TrailStep.Accepted, mailbox.Owner, mailbox.Owner, item.Id, detail: item.Device);
        return item;
    }

    // After all of a call are in, so that the first delivery of each pipe takes all that the call brought.
    private static void Start(List<RecipientPipe> touched)
    {
        foreach (var pipe in touched) pipe.Start();
    }

    private RecipientPipe Pipe(Jid to)
    {
        if (!_pipes.TryGetValue(to, out var pipe))
            _pipes.Add(to, pipe = new RecipientPipe(to, courier, time, logger, Answered, Emptied));
        return pipe;
    }

    private void Emptied(RecipientPipe pipe)
    {
        if (_pipes.Count > IdlePipes) _pipes.Remove(pipe.To);
    }

    private void Answered(Parcel[] batch)
    {
        var arrived = new MessageParcel[batch.Length];
        var count = 0;
        foreach (var parcel in batch)
        {
            if (parcel is not MessageParcel message) ((ReceiptParcel)parcel).Done.SetResult();
            else if (message.Answer.Fault is { } fault) Finish(message, fault);
            else arrived[count++] = message;
        }
        if (count > 0) new OwnCopies(this, count == arrived.Length ? arrived : arrived[..count]).Append(mailbox);
    }

    private void Finish(MessageParcel parcel, Outcome<Sent> outcome)
    {
        _underWay.Remove(parcel.Item.Id);
        _bytesUnderWay -= parcel.Size;
        parcel.Complete(outcome);
    }

    /// <summary>The sender's copies of messages that their recipient has; then their senders hear of it.</summary>
    private sealed class OwnCopies(MessageSender sender, MessageParcel[] parcels) : Append
    {
        public void Append(Mailbox mailbox)
        {
            var items = new MailboxItem[parcels.Length];
            for (var i = 0; i < parcels.Length; i++)
            {
                // Where an earlier attempt came as far as the recipient, its copy's time is the message's.
                var item = parcels[i].Item;
                items[i] = parcels[i].Answer.Value is { } delivered && delivered.SentAt != item.SentAt ? item with { SentAt = delivered.SentAt } : item;
            }
            try
            {
                mailbox.Append(this, items);
            }
            catch (Exception exception)
            {
                Complete(exception);
            }
        }

        protected override void Complete(Exception? failure)
        {
            if (failure is null) sender.Metrics.Sent(parcels.Length);
            for (var i = 0; i < parcels.Length; i++)
            {
                if (failure is not null) sender.Finish(parcels[i], Mailbox.FaultOf(failure));
                else sender.Finish(parcels[i], new Sent(Items[i].Id, Items[i].Seq, Items[i].SentAt, Repeated: false));
            }
        }
    }
}
