using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Krewe.Grains.Mailboxes;

namespace Krewe.Grains.Push;

/// <summary>What a device has not heard of.</summary>
/// <param name="Newest">The newest message.</param>
/// <param name="Body">What it says after corrections.</param>
/// <param name="Urgent">One of the messages is urgent.</param>
/// <param name="Silent">All of them are silent.</param>
internal sealed record News(MailboxItem Newest, string? Body, bool Urgent, bool Silent);

/// <summary>Looks for messages that a device has not heard of, from the newest item back, so that a long backlog costs nothing.</summary>
/// <param name="isSilenced">The user does not want to hear of this person at the moment.</param>
internal sealed class PushSearch(Mailbox mailbox, Func<Jid, bool> isSilenced)
{
    private const int Window = 32;

    public async ValueTask<News?> FindAsync(long after)
    {
        Dictionary<(Jid, string), MailboxItem>? corrections = null;
        for (var end = mailbox.Last; end > after; end -= Window)
        {
            var items = await ReadAsync(Math.Max(after, end - Window), end);
            MailboxItem? newest = null;
            var (urgent, loud) = (false, false);
            for (var i = items.Count - 1; i >= 0; i--)
            {
                var item = items[i];
                if (item is { Kind: ItemKind.Message, Replaces: { } id }) (corrections ??= []).TryAdd((item.From, id), item);
                if (!item.IsNewsTo(mailbox.Owner) || isSilenced(item.From)) continue;
                newest ??= item;
                urgent |= item.Hints.HasFlag(PushHints.Urgent);
                loud |= !item.Hints.HasFlag(PushHints.Silent);
            }
            if (newest is null) continue;
            var body = corrections?.GetValueOrDefault((newest.From, newest.Id))?.Body ?? newest.Body;
            return new News(newest, body, urgent, !loud);
        }
        return null;
    }

    private async ValueTask<IReadOnlyList<MailboxItem>> ReadAsync(long after, long through)
    {
        var first = await mailbox.ReadBetweenAsync(after, through, Window);
        if (first.IsEmpty || first[^1].Seq >= through) return first;
        var all = new List<MailboxItem>(first);
        while (true)
        {
            var more = await mailbox.ReadBetweenAsync(all[^1].Seq, through, Window);
            if (more.IsEmpty) return all;
            all.AddRange(more);
        }
    }
}
