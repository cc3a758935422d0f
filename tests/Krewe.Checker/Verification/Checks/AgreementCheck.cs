using Krewe.Checker.Histories;

namespace Krewe.Checker.Verification.Checks;

/// <summary>What anybody was ever given under a number is what the mailbox has there at the end: one order, for all readers, for ever.</summary>
internal static class AgreementCheck
{
    public const string Vanished = "vanished", Changed = "changed";

    public static IEnumerable<Violation> Find(Story story)
    {
        // Each place once: what changed was mostly seen by several.
        var told = new HashSet<(string, long)>();
        foreach (var reading in story.Readings)
        {
            if (!story.Mailboxes.TryGetValue(reading.Opened.User, out var mailbox)) continue;
            foreach (var received in reading.Items)
                if (Compare(story, mailbox, received.Item) is { } violation && told.Add((mailbox.Owner, received.Item.Seq))) yield return violation;
        }
        foreach (var page in story.Entries.OfType<HistoryRead>())
        {
            if (!story.Mailboxes.TryGetValue(page.User, out var mailbox)) continue;
            foreach (var item in page.Items)
                if (Compare(story, mailbox, item) is { } violation && told.Add((mailbox.Owner, item.Seq))) yield return violation;
        }
    }

    private static Violation? Compare(Story story, FinalMailbox mailbox, Seen item) => mailbox.At(item.Seq) switch
    {
        null => new(Vanished, $"{mailbox.Owner} was given seq {item.Seq}, {item.Kind} {item.Id}, which the mailbox has no more.", story.Evidence.OfSeq(mailbox.Owner, item.Seq)),
        var now when now.Equals(item) => null,
        var now => new(Changed, $"{mailbox.Owner} was given {item.Kind} {item.Id} as seq {item.Seq}, where the mailbox has {now.Kind} {now.Id}.", story.Evidence.OfSeq(mailbox.Owner, item.Seq)),
    };
}
