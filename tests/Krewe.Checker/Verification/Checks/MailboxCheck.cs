using Krewe.Checker.Histories;

namespace Krewe.Checker.Verification.Checks;

/// <summary>A mailbox is numbered 1, 2, 3 …, has each item once, and is the same through every gateway.</summary>
internal static class MailboxCheck
{
    public const string Gap = "gap", Repeated = "repeated", Different = "different-mailboxes";

    public static IEnumerable<Violation> Find(Story story) =>
        story.Mailboxes.Values.SelectMany(mailbox => Numbering(story, mailbox).Concat(Repetitions(story, mailbox)))
            .Concat(story.MailboxReads.Values.SelectMany(reads => Differences(story, reads)));

    private static IEnumerable<Violation> Numbering(Story story, FinalMailbox mailbox)
    {
        for (var i = 0; i < mailbox.Items.Count; i++)
        {
            var seq = mailbox.Items[i].Seq;
            if (seq == i + 1) continue;
            // What follows the first gap is off by as much.
            yield return new(Gap, $"The mailbox of {mailbox.Owner} has seq {seq} in place {i + 1}.", story.Evidence.OfSeq(mailbox.Owner, i, i + 1, seq));
            yield break;
        }
    }

    private static IEnumerable<Violation> Repetitions(Story story, FinalMailbox mailbox) =>
        from item in mailbox.Items
        group item by (item.From, item.Kind == Seen.Message, item.Id) into same
        where same.Count() > 1
        select new Violation(Repeated, $"The mailbox of {mailbox.Owner} has {same.First().Kind} {same.First().Id} of {same.First().From} {same.Count()} times: seq {string.Join(", ", same.Select(item => item.Seq))}.",
            story.Evidence.OfMessage(same.First().From, same.First().Id));

    private static IEnumerable<Violation> Differences(Story story, List<MailboxRead> reads)
    {
        foreach (var other in reads.Skip(1))
        {
            var first = reads[0].Items;
            for (var i = 0; i < Math.Max(first.Count, other.Items.Count); i++)
            {
                if (i < first.Count && i < other.Items.Count && first[i].Equals(other.Items[i])) continue;
                yield return new(Different, $"The mailbox of {other.User} is not the same through {reads[0].Gateway} and {other.Gateway}, from place {i + 1} on.", story.Evidence.OfSeq(other.User, i + 1));
                break;
            }
        }
    }
}
