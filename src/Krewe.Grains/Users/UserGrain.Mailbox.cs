using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Administration;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Core.Users;
using Krewe.Grains.Delivery;
using Krewe.Grains.Mailboxes;
using Krewe.Grains.Push;

namespace Krewe.Grains.Users;

// A user's mailbox: sending, taking in, reading, acks.
internal sealed partial class UserGrain : IMailboxGrain
{
    private Mailbox _mailbox = null!;
    private MessageSender _sender = null!;
    private ReceiptSender _receipts = null!;

    public ValueTask<ImmutableArray<Outcome<Sent>>> SendAsync(string device, ImmutableArray<Draft> drafts) =>
        new(IsActive ? _sender.SendAsync(device, drafts) : Task.FromResult(ToAll<Sent>(drafts.Length, NoAccount)));

    public ValueTask<ImmutableArray<Outcome<Delivered>>> DeliverAsync(ImmutableArray<MailboxItem> items)
    {
        // To a disabled user nothing new is sent. The receipts of what was sent before come only once, and are kept for later.
        if (IsDisabled) return new(AcceptAsync(items, static item => item.Kind == ItemKind.Message));
        if (!IsActive) return new(ToAll<Delivered>(items.Length, Fault.UnknownRecipient()));
        // All items of a call are one sender's, by the way they are sent; but nothing rests on it.
        return new(AnyBlocked(items) ? AcceptAsync(items, item => _roster.Value.Blocks.Contains(item.From)) : _mailbox.AcceptAsync(items));
    }

    public async ValueTask<Outcome<MailboxPage>> ReadAsync(long after, int limit)
    {
        if (!IsActive) return NoAccount;
        try
        {
            return await _mailbox.ReadAsync(after, limit);
        }
        catch (Exception exception) when (IsStoreTrouble(exception))
        {
            return Mailbox.FaultOf(exception);
        }
    }

    public async ValueTask<Outcome<HistoryPage>> ReadHistoryAsync(Jid peer, long? before, int limit)
    {
        if (!IsActive) return NoAccount;
        try
        {
            return await _mailbox.ReadHistoryAsync(peer, before, limit);
        }
        catch (Exception exception) when (IsStoreTrouble(exception))
        {
            return Mailbox.FaultOf(exception);
        }
    }

    public async ValueTask<Outcome<Done>> AckAsync(string device, long seq, bool read)
    {
        if (!IsActive) return NoAccount;
        try
        {
            var acked = await _mailbox.AckAsync(device, seq, read, _services.Limits.Devices);
            if (acked.Fault is null) _receipts.Start();
            return acked;
        }
        catch (Exception exception) when (IsStoreTrouble(exception))
        {
            return Mailbox.FaultOf(exception);
        }
    }

    private void PrepareMailbox()
    {
        _mailbox = new Mailbox(_owner, _services.Store, _services.Time, new MailboxEvents(OnDurable, () => _receipts.Start(), OnFenced), PreparePushes());
        _unread = new UnreadCounter(_mailbox);
        _composer = new PushComposer(_mailbox, _unread, _activity, _services.Push, IsSilenced, _services.Secret.Key, _services.Time);
        _sender = new MessageSender(_mailbox, _services.SendRules, _services.Time, _services.Courier, _services.Metrics, _services.Trail, _services.Logger);
        _receipts = new ReceiptSender(_mailbox, _sender, address => _roster.Value.Blocks.Contains(address), _services.Time, _services.Logger);
    }

    private async Task EndMailboxAsync()
    {
        _receipts.Stop();
        await _mailbox.CloseAsync();
        await _services.Store.DeleteAsync(_owner);
    }

    private async Task LeaveMailboxAsync(CancellationToken cancellationToken)
    {
        _receipts.Stop();
        try
        {
            await _mailbox.SaveStateAsync();
        }
        catch (Exception exception) when (IsStoreTrouble(exception))
        {
            // It held only which receipts are done: they go out again, and their receivers know them.
        }
        // What is still on its way would fence the next activation if that had loaded before.
        await _mailbox.CloseAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    private void OnDurable(ImmutableArray<MailboxItem> items)
    {
        _services.Metrics.Appended(items.Length);
        if (_planner.HasTargets) _unread.Appended(items);
        foreach (var item in items)
            if (item.Kind == ItemKind.Message) _services.Trail.Note(TrailStep.Stored, _owner, item.From, item.Id, item.Seq);
        if (_sessions.Count == 0) return;
        foreach (var item in items) _sessions.Publish(item);
    }

    private void OnFenced(MailboxFencedException exception)
    {
        _services.Metrics.Fenced();
        LogFenced(exception, _owner);
        DeactivateOnIdle();
    }

    private bool AnyBlocked(ImmutableArray<MailboxItem> items)
    {
        var blocks = _roster.Value.Blocks;
        if (blocks.Count == 0) return false;
        foreach (var item in items)
        {
            if (blocks.Contains(item.From)) return true;
        }
        return false;
    }

    private async Task<ImmutableArray<Outcome<Delivered>>> AcceptAsync(ImmutableArray<MailboxItem> items, Func<MailboxItem, bool> isRefused)
    {
        var refused = items.Select(isRefused).ToArray();
        var accepted = new Queue<Outcome<Delivered>>(await _mailbox.AcceptAsync([.. items.Where((_, i) => !refused[i])]));
        return [.. refused.Select(isRefused => isRefused ? Fault.UnknownRecipient() : accepted.Dequeue())];
    }

    private static ImmutableArray<Outcome<T>> ToAll<T>(int count, Fault fault) => [.. Enumerable.Repeat(new Outcome<T>(fault), count)];

    private static bool IsStoreTrouble(Exception exception) => exception is StoreUnavailableException or MailboxFencedException;
}
