using Krewe.Checker.Histories;

namespace Krewe.Checker.Verification.Checks;

/// <summary>A mailbox has nothing but what was sent, by whom it says, to its owner or by its owner; and nothing that was refused.</summary>
internal static class InventionCheck
{
    public const string Invented = "invented", Stray = "stray", RefusedButThere = "refused-but-there", OneSided = "one-sided";

    public static IEnumerable<Violation> Find(Story story) =>
        from mailbox in story.Mailboxes.Values
        from item in mailbox.Items
        where item.Kind == Seen.Message
        let violation = Judge(story, mailbox, item)
        where violation is not null
        select violation;

    private static Violation? Judge(Story story, FinalMailbox mailbox, Seen item)
    {
        var sent = story.Find(item.From, item.Id).FirstOrDefault(message => message.Is(item));
        var evidence = () => story.Evidence.OfMessage(item.From, item.Id);
        if (sent is null)
            return new(Invented, $"The mailbox of {mailbox.Owner} has message {item.Id} of {item.From} to {item.To} as seq {item.Seq}, which nobody sent.", evidence());
        if (mailbox.Owner != item.From && mailbox.Owner != item.To)
            return new(Stray, $"The mailbox of {mailbox.Owner} has {sent} as seq {item.Seq}.", evidence());
        if (sent.IsRefused)
            return new(RefusedButThere, $"{sent} was refused and is in the mailbox of {mailbox.Owner} as seq {item.Seq}.", evidence());
        // The recipient's copy comes first: what the sender has, the recipient has.
        if (mailbox.Owner == item.From && story.Mailboxes.TryGetValue(item.To, out var other) && other.Find(item.From, item.Id) is null)
            return new(OneSided, $"{sent} is in its sender's mailbox alone.", evidence());
        return null;
    }
}
