using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Administration;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Grains.Mailboxes;

namespace Krewe.Grains.Users;

// What the mailbox says of one message.
internal sealed partial class UserGrain
{
    // Receipts come soon after their message or not at all; a mailbox of a million items is not read for one question.
    private const int ReceiptItems = 5_000;
    private const int ReceiptPage = 500;

    private static readonly Fault NoSuchMessage = new(FaultCode.NotFound, "The mailbox has no such message.") { Member = "id" };

    public async ValueTask<Outcome<MessageTrace>> TraceAsync(Jid from, string id)
    {
        if (!IsHeld) return NotHeld;
        try
        {
            await _mailbox.OpenAsync();
            return await _services.Store.FindAsync(_owner, from, id) is { } item && item.Seq <= _mailbox.Last ? await TraceAsync(item) : NoSuchMessage;
        }
        catch (Exception exception) when (IsStoreTrouble(exception))
        {
            return Mailbox.FaultOf(exception);
        }
    }

    public async ValueTask<Outcome<MessageTrace>> TraceAtAsync(long seq)
    {
        if (!IsHeld) return NotHeld;
        try
        {
            await _mailbox.OpenAsync();
            if (seq < 1 || seq > _mailbox.Last) return new Fault(FaultCode.NotFound, $"The newest item of the mailbox is {_mailbox.Last}.") { Member = "seq" };
            if (seq < _mailbox.First) return new Fault(FaultCode.NotFound, $"Retention has trimmed the items before {_mailbox.First}.") { Member = "seq" };
            var items = await _mailbox.ReadBetweenAsync(seq - 1, seq, 1);
            return items.IsEmpty ? NoSuchMessage with { Member = "seq" } : await TraceAsync(items[0]);
        }
        catch (Exception exception) when (IsStoreTrouble(exception))
        {
            return Mailbox.FaultOf(exception);
        }
    }

    private async ValueTask<MessageTrace> TraceAsync(MailboxItem item)
    {
        var state = _mailbox.State;
        return new MessageTrace
        {
            Owner = _owner,
            Seq = item.Seq,
            Kind = item.Kind,
            Id = item.Id,
            From = item.From,
            To = item.To,
            Device = item.Device,
            SentAt = item.SentAt,
            Delivered = state.Delivered >= item.Seq,
            Read = state.Read >= item.Seq,
            Devices = [.. _devices.Value.Devices.Keys.Union(state.Acked.Keys).Order(StringComparer.Ordinal).Select(device => new DeviceTrace(
                device, state.Acked.GetValueOrDefault(device) >= item.Seq, state.Pushes.Shown.GetValueOrDefault(device) >= item.Seq))],
            Receipts = item.From == _owner ? await FindReceiptsAsync(item) : [],
        };
    }

    private async ValueTask<ImmutableArray<ReceiptTrace>> FindReceiptsAsync(MailboxItem message)
    {
        var receipts = ImmutableArray.CreateBuilder<ReceiptTrace>();
        var through = Math.Min(_mailbox.Last, message.Seq + ReceiptItems);
        for (var after = message.Seq; after < through;)
        {
            var items = await _mailbox.ReadBetweenAsync(after, through, ReceiptPage);
            if (items.IsEmpty) break;
            receipts.AddRange(items.Where(item => item.Kind is ItemKind.Delivered or ItemKind.Read && item.From == message.To && item.Ids.Contains(message.Id))
                .Select(item => new ReceiptTrace(item.Kind, item.From, item.Seq, item.SentAt)));
            if (receipts.Any(receipt => receipt.Kind == ItemKind.Read)) break;
            after = items[^1].Seq;
        }
        return receipts.ToImmutable();
    }
}
