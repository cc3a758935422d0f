using Krewe.Checker.Histories;

namespace Krewe.Checker.Verification.Checks;

/// <summary>A receipt is about a message that its reader got and acknowledged, comes once, and comes for all that was acknowledged.</summary>
internal static class ReceiptCheck
{
    public const string Untrue = "receipt-untrue", Early = "receipt-early", Repeated = "receipt-repeated", Missing = "receipt-missing";

    public static IEnumerable<Violation> Find(Story story)
    {
        var acks = story.Entries.OfType<AckInvoked>().ToLookup(ack => ack.User);
        var firstSeen = FirstSeen(story);
        foreach (var mailbox in story.Mailboxes.Values)
        {
            var told = new Dictionary<(string Reader, string Id), string>();
            foreach (var receipt in mailbox.Items.Where(item => item.IsReceipt))
            {
                foreach (var id in receipt.Ids ?? [])
                {
                    if (Judge(story, mailbox, receipt, id, told, acks[receipt.From], firstSeen) is { } violation) yield return violation;
                }
            }
        }
        foreach (var violation in Unreported(story)) yield return violation;
    }

    /// <summary>How many acknowledged messages are still without the receipt that their authors are owed.</summary>
    public static IEnumerable<Violation> Unreported(Story story)
    {
        var done = story.Entries.OfType<AckDone>().Select(ack => (ack.User, ack.Device, ack.Number)).ToHashSet();
        var acked = story.Entries.OfType<AckInvoked>().Where(ack => done.Contains((ack.User, ack.Device, ack.Number))).GroupBy(ack => ack.User).ToDictionary(acks => acks.Key, acks => acks.Max(ack => ack.Seq));
        var reported = story.Mailboxes.Values.SelectMany(mailbox => mailbox.Items.Where(item => item.IsReceipt).SelectMany(item => (item.Ids ?? []).Select(id => (mailbox.Owner, item.From, id)))).ToHashSet();
        return
            from mailbox in story.Mailboxes.Values
            where acked.ContainsKey(mailbox.Owner)
            from item in mailbox.Items
            where item.Kind == Seen.Message && item.From != mailbox.Owner && item.Seq <= acked[mailbox.Owner]
                && story.Mailboxes.ContainsKey(item.From) && !reported.Contains((item.From, mailbox.Owner, item.Id))
            select new Violation(Missing, $"{mailbox.Owner} acknowledged seq {item.Seq}, {item.Id} of {item.From}, who was never told.", story.Evidence.OfMessage(item.From, item.Id));
    }

    private static Violation? Judge(
        Story story, FinalMailbox mailbox, Seen receipt, string id, Dictionary<(string, string), string> told, IEnumerable<AckInvoked> acks,
        Dictionary<(string, long), TimeSpan> firstSeen)
    {
        var what = $"{mailbox.Owner} was told in seq {receipt.Seq} that {receipt.From} has {receipt.Kind} {id}";
        var evidence = () => story.Evidence.OfMessage(mailbox.Owner, id);
        if (!story.Mailboxes.TryGetValue(receipt.From, out var reader) || reader.Find(mailbox.Owner, id) is not { } item)
            return new(Untrue, $"{what}, who does not have it.", evidence());
        // Reading implies delivery: after "read" nothing more is to be said.
        if (told.TryGetValue((receipt.From, id), out var before) && (before == receipt.Kind || before == Seen.Read))
            return new(Repeated, $"{what}, after it was told of {before}.", evidence());
        told[(receipt.From, id)] = receipt.Kind;
        var cause = acks.Where(ack => ack.Seq >= item.Seq && (ack.Read || receipt.Kind == Seen.Delivered)).Select(ack => (TimeSpan?)ack.At).FirstOrDefault();
        if (cause is null)
            return new(Untrue, $"{what}, who never said so.", evidence());
        if (firstSeen.TryGetValue((mailbox.Owner, receipt.Seq), out var seen) && seen < cause)
            return new(Early, $"{what}, before they said so.", [.. evidence(), .. acks.Where(ack => ack.At == cause)]);
        return null;
    }

    private static Dictionary<(string User, long Seq), TimeSpan> FirstSeen(Story story)
    {
        var seen = new Dictionary<(string, long), TimeSpan>();
        foreach (var reading in story.Readings)
        {
            foreach (var received in reading.Items.Where(received => received.Item.IsReceipt))
            {
                var key = (reading.Opened.User, received.Item.Seq);
                if (!seen.TryGetValue(key, out var at) || received.At < at) seen[key] = received.At;
            }
        }
        return seen;
    }
}
