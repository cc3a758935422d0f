using System.Collections.Immutable;
using Krewe.Core.Mailboxes;
using Krewe.Grains.Mailboxes;

namespace Krewe.Grains.Push;

/// <summary>How many messages of others no device has read. Counted when somebody asks, from where the last count ended; the count is saved with the
/// mailbox's state whenever that is written for another reason, so that no backlog is counted twice.</summary>
internal sealed class UnreadCounter(Mailbox mailbox)
{
    private const int PageItems = 500;

    /// <summary>Items have become durable: a count that was complete stays so at no cost.</summary>
    public void Appended(ImmutableArray<MailboxItem> items)
    {
        var mark = Mark;
        if (mark == default || mark.Through + 1 != items[0].Seq) return;
        var count = mark.Count;
        foreach (var item in items) if (item.IsNewsTo(mailbox.Owner)) count++;
        Mark = mark with { Through = items[^1].Seq, Count = count };
    }

    public async ValueTask<int> CountAsync()
    {
        while (true)
        {
            // Read and trimmed ones count no longer.
            var state = mailbox.State;
            var (before, from, last) = (Mark, Math.Max(state.Read, mailbox.First - 1), mailbox.Last);
            var mark = before;
            if (from != mark.From) mark = await MoveAsync(mark, from);
            if (mark.Through < last) mark = mark with { Count = mark.Count + await CountAsync(mark.Through, last), Through = last };
            if (state != mailbox.State || before != Mark || Math.Max(state.Read, mailbox.First - 1) > from) continue;
            Mark = mark;
            return mark.Count;
        }
    }

    private UnreadMark Mark
    {
        get => mailbox.State.Pushes.Unread;
        set => mailbox.State.Pushes.Unread = value;
    }

    /// <summary>The same count from another place on, by whichever is less to read: what goes or what stays. What was trimmed cannot be read any more.</summary>
    private async ValueTask<UnreadMark> MoveAsync(UnreadMark mark, long from)
    {
        var gone = from - mark.From;
        if (gone < 0 || from >= mark.Through || mark.From < mailbox.First - 1 || gone > mark.Through - from) return new(from, from, 0);
        return mark with { From = from, Count = mark.Count - await CountAsync(mark.From, from) };
    }

    private async ValueTask<int> CountAsync(long after, long through)
    {
        var count = 0;
        while (after < through)
        {
            var items = await mailbox.ReadBetweenAsync(after, through, PageItems);
            foreach (var item in items) if (item.IsNewsTo(mailbox.Owner)) count++;
            after = items.IsEmpty ? through : items[^1].Seq;
        }
        return count;
    }
}
