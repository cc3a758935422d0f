using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;

namespace Krewe.Grains.Mailboxes;

// Acks, and the receipts that they make.
internal sealed partial class Mailbox
{
    /// <summary>Notes how far a device is; durable, together with the receipts that it makes, when it completes.</summary>
    public async ValueTask<Outcome<Done>> AckAsync(string device, long seq, bool read, int maxDevices)
    {
        if (seq < 0) return Fault.BadRequest("seq", "It is the number of an item.");
        if (!IsOpen) await OpenAsync();
        if (await CheckCursorAsync(seq) is { } fault) return fault;
        var changed = _state.Ack(device, seq, read, maxDevices);
        var writes = pushes?.Acked(_state, device, seq, read, Last, ref changed) ?? [];
        if (changed || !writes.IsEmpty) await CommitStateAsync(writes);
        // Nothing new, but perhaps said twice at once: the answer holds only when the first is durable.
        else await StateSettledAsync();
        return default(Done);
    }

    /// <summary>Changes what is remembered of pushes; durable, together with the rows that it makes, when it completes.</summary>
    /// <param name="change">Null: it changed nothing.</param>
    public async Task ChangePushesAsync(Func<MailboxState, ImmutableArray<PushWrite>?> change)
    {
        if (!IsOpen) await OpenAsync();
        ThrowUnlessOpen();
        await (change(_state) is { } writes ? CommitStateAsync(writes) : StateSettledAsync());
    }

    /// <summary>What the state says is on disk.</summary>
    private Task StateSettledAsync() => _lastStateAppend?.Settled ?? Task.CompletedTask;

    /// <summary>The receipts to send next, or null; their range is durable and does not change any more.</summary>
    public async ValueTask<ReceiptRange?> NextReceiptsAsync()
    {
        if (!IsOpen) await OpenAsync();
        if (_state.Receipts is not [var range, ..]) return null;
        range.Begun = true;
        await StateSettledAsync();
        return range;
    }

    /// <summary>Whose messages the next part of a range has, and their ids.</summary>
    public async ValueTask<Dictionary<Jid, ImmutableArray<string>.Builder>> ReadSendersAsync(ReceiptRange range)
    {
        var senders = new Dictionary<Jid, ImmutableArray<string>.Builder>();
        for (var (after, end) = (range.From - 1, range.ChunkTo); after < end;)
        {
            var slice = await store.ReadAsync(owner, after, (int)(end - after), PageBytes);
            foreach (var item in slice.Items)
            {
                if (item.Seq > end) break;
                if (item.Kind != ItemKind.Message || item.From == owner) continue;
                if (!senders.TryGetValue(item.From, out var ids)) senders.Add(item.From, ids = ImmutableArray.CreateBuilder<string>());
                ids.Add(item.Id);
            }
            if (slice.Items.IsEmpty) break;
            after = slice.Items[^1].Seq;
        }
        return senders;
    }

    /// <summary>The first part of the range is durable at its senders. Written with the next commit: after a crash it is sent again and known there.</summary>
    public void ReceiptsSent(ReceiptRange range)
    {
        if (_state.Receipts is not [var first, ..] || first != range) return;
        _state.ReceiptsSent(range.ChunkTo);
        _stateChanged = true;
    }
}
