using Krewe.Checker.Histories;

namespace Krewe.Checker.Verification.Checks;

/// <summary>A page of a conversation has all of its messages between its ends, newest first, and no others.</summary>
internal static class HistoryCheck
{
    public const string Wrong = "history-wrong", Stale = "history-stale";

    public static IEnumerable<Violation> Find(Story story)
    {
        var sent = Sent(story);
        foreach (var page in story.Entries.OfType<HistoryRead>())
        {
            if (!story.Mailboxes.TryGetValue(page.User, out var mailbox)) continue;
            var talk = mailbox.Items.Where(item => item.Kind == Seen.Message && (item.From == page.User ? item.To : item.From) == page.Peer).ToList();
            // Without a bound the first page begins with what was the newest then.
            var before = page.Before ?? (page.Items.Count == 0 ? 1 : page.Items[0].Seq + 1);
            // A page that another follows ends with its last item; the last page ends with the mailbox.
            var from = page is { Next: not null, Items.Count: > 0 } ? page.Items[^1].Seq : 0;
            var expected = talk.Where(item => item.Seq < before && item.Seq >= from).Select(item => item.Seq).Reverse().ToList();
            if (!expected.SequenceEqual(page.Items.Select(item => item.Seq)))
            {
                var differing = expected.Except(page.Items.Select(item => item.Seq)).Concat(page.Items.Select(item => item.Seq).Except(expected)).ToArray();
                yield return new(Wrong, $"{page.User} read the conversation with {page.Peer} before {page.Before}: seq {string.Join(", ", differing)} are missing, too many or out of order.",
                    story.Evidence.OfSeq(page.User, [.. differing.Take(3)]));
            }
            else if (page.Before is null && sent.TryGetValue((page.User, page.Peer), out var growth) && growth.Before(page.InvokedAt - Verifier.StaleBound) is var (newest, _) && newest >= before)
            {
                yield return new(Stale, $"{page.User} read the conversation with {page.Peer} up to seq {before - 1}, when seq {newest} was known already.", story.Evidence.OfSeq(page.User, newest));
            }
        }
    }

    /// <summary>The newest message of each conversation that its owner had sent, as the answers came.</summary>
    private static Dictionary<(string Owner, string Peer), Growth> Sent(Story story)
    {
        var sent = new Dictionary<(string, string), Growth>();
        foreach (var acked in story.Entries.OfType<SendAcked>())
        {
            if (!story.Mailboxes.TryGetValue(acked.User, out var mailbox) || mailbox.At(acked.Seq) is not { Kind: Seen.Message } item) continue;
            if (!sent.TryGetValue((acked.User, item.To), out var growth)) sent.Add((acked.User, item.To), growth = new Growth());
            growth.Note(acked.At, acked.Seq);
        }
        return sent;
    }
}
