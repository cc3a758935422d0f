using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;

namespace Krewe.Grains.Mailboxes;

// Reading: only what is durable, and only in one order.
internal sealed partial class Mailbox
{
    /// <summary>Items in one page, at most.</summary>
    public const int MaxPage = 500;

    // A page crosses silos in one message and waits in a gateway's memory: 256 KB holds four of the largest messages.
    private const int PageBytes = 256 * 1024;

    public async ValueTask<Outcome<MailboxPage>> ReadAsync(long after, int limit)
    {
        if (after < 0) return Fault.BadRequest("after", "A cursor is not negative.");
        if (limit is < 1 or > MaxPage) return Fault.BadRequest("limit", $"A page has 1 to {MaxPage} items.");
        if (!IsOpen) await OpenAsync();
        if (await CheckCursorAsync(after) is { } fault) return fault;
        if (after < First - 1) return Fault.CursorExpired(First);
        if (after == Last) return new MailboxPage([], after, Last);
        var slice = await store.ReadAsync(owner, after, limit, PageBytes);
        First = Math.Max(First, slice.First);
        if (after < First - 1) return Fault.CursorExpired(First);
        var items = Visible(slice.Items);
        return new MailboxPage(items, items.IsEmpty ? after : items[^1].Seq, Last);
    }

    public async ValueTask<Outcome<HistoryPage>> ReadHistoryAsync(Jid peer, long? before, int limit)
    {
        if (before is < 1) return Fault.BadRequest("before", "It is the number of an item.");
        if (limit is < 1 or > MaxPage) return Fault.BadRequest("limit", $"A page has 1 to {MaxPage} items.");
        if (!IsOpen) await OpenAsync();
        // What is on disk and cannot be seen yet lies behind Last; one more than asked for tells whether there is anything older.
        var end = Math.Min(before ?? long.MaxValue, Last + 1);
        var items = await store.ReadPeerAsync(owner, peer, end, limit + 1);
        if (items.Length <= limit) return new HistoryPage(items, null);
        items = items[..limit];
        return new HistoryPage(items, items[^1].Seq);
    }

    /// <summary>Waits for what is on its way to the disk, if an item of this number may be among it.</summary>
    public async Task CatchUpAsync(long seq)
    {
        if (!IsOpen) await OpenAsync();
        while (seq > Last && _appends.TryPeek(out var head)) await head.Settled;
        await CheckCursorAsync(seq);
    }

    /// <summary>Some of the items after one and up to another, from the oldest on; fewer than there are where they are large. Empty when none is left.</summary>
    public async ValueTask<ImmutableArray<MailboxItem>> ReadBetweenAsync(long after, long through, int limit)
    {
        var slice = await store.ReadAsync(owner, after, (int)Math.Min(limit, through - after), PageBytes);
        First = Math.Max(First, slice.First);
        var items = Visible(slice.Items);
        var count = items.Length;
        while (count > 0 && items[count - 1].Seq > through) count--;
        return count == items.Length ? items : items[..count];
    }

    /// <summary>Null, or the fault of a cursor beyond the newest item.</summary>
    private async ValueTask<Fault?> CheckCursorAsync(long cursor)
    {
        if (cursor <= Last) return null;
        // A client that knows more than this mailbox may have read it from a newer activation.
        var head = await store.OpenAsync(owner);
        // The item is there, from whom is open while own ones are under way: if they are, it is of them; if the fence stops them, it is not.
        while (cursor > Last && cursor <= head.Last && _appends.TryPeek(out var first)) await first.Settled;
        if (head.Last > _assigned)
        {
            Fail(new MailboxFencedException(owner, head.Last));
            throw _failure!;
        }
        return cursor > Last ? Fault.CursorAhead(Last) : null;
    }

    private ImmutableArray<MailboxItem> Visible(ImmutableArray<MailboxItem> items)
    {
        var count = items.Length;
        while (count > 0 && items[count - 1].Seq > Last) count--;
        return count == items.Length ? items : items[..count];
    }
}
