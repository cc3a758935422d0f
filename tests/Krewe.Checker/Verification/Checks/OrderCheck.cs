using Krewe.Checker.Histories;

namespace Krewe.Checker.Verification.Checks;

/// <summary>From one sender to one recipient, both mailboxes have the sender's order.</summary>
internal static class OrderCheck
{
    public const string Reordered = "reordered", LaneReordered = "reordered-on-connection", Crossed = "crossed";

    public static IEnumerable<Violation> Find(Story story)
    {
        var disturbed = Disturbed(story);
        foreach (var pair in story.Messages.Where(message => message.Acked is not null).GroupBy(message => (message.From, message.To)))
        {
            foreach (var owner in new[] { pair.Key.From, pair.Key.To }.Distinct())
            {
                if (!story.Mailboxes.TryGetValue(owner, out var mailbox)) continue;
                var placed = Place(mailbox, pair);
                foreach (var violation in RealTime(story, mailbox, placed).Concat(Lanes(story, mailbox, placed))) yield return violation;
            }
            foreach (var violation in BothAlike(story, pair.Key, pair, disturbed)) yield return violation;
        }
    }

    /// <summary>What was acknowledged before another was begun stands before it.</summary>
    private static IEnumerable<Violation> RealTime(Story story, FinalMailbox mailbox, List<(Message Message, long Seq)> placed)
    {
        (Message Message, long Seq)? latest = null;
        foreach (var current in placed)
        {
            if (latest is { } before && before.Message.FirstInvoked > current.Message.Acked!.At)
                yield return Wrong(Reordered, story, mailbox, before, current, "was acknowledged before the other was begun");
            if (latest is null || current.Message.FirstInvoked > latest.Value.Message.FirstInvoked) latest = current;
        }
    }

    /// <summary>What went through at the first attempt on one connection has the order of the connection.</summary>
    private static IEnumerable<Violation> Lanes(Story story, FinalMailbox mailbox, List<(Message Message, long Seq)> placed)
    {
        foreach (var lane in placed.Where(entry => IsSingle(entry.Message) && entry.Message.Attempts[0].Invoked.Lane is not null).GroupBy(entry => entry.Message.Attempts[0].Invoked.Lane))
        {
            (Message Message, long Seq)? latest = null;
            foreach (var current in lane)
            {
                if (latest is { } before && before.Message.FirstInvoked > current.Message.FirstInvoked)
                    yield return Wrong(LaneReordered, story, mailbox, before, current, "was sent before the other on the same connection");
                latest = current;
            }
        }
    }

    /// <summary>
    /// Messages that needed one attempt, at a quiet time, stand in the same order in both mailboxes. During a fault the gateway may have tried
    /// again by itself: where the sender's silo died between the two copies, the sender's comes later.
    /// </summary>
    private static IEnumerable<Violation> BothAlike(Story story, (string From, string To) pair, IEnumerable<Message> messages, List<(TimeSpan From, TimeSpan To)> disturbed)
    {
        if (pair.From == pair.To || !story.Mailboxes.TryGetValue(pair.From, out var own) || !story.Mailboxes.TryGetValue(pair.To, out var theirs)) yield break;
        long last = 0;
        foreach (var (message, _) in Place(own, messages.Where(message => IsSingle(message) && !disturbed.Exists(time => message.FirstInvoked <= time.To && message.Acked!.At >= time.From))))
        {
            if (theirs.Find(message.From, message.Id) is not { } item) continue;
            if (item.Seq < last)
                yield return new(Crossed, $"{message} is seq {item.Seq} of its recipient, after seq {last}, which the sender has before it.", story.Evidence.OfMessage(message.From, message.Id));
            last = Math.Max(last, item.Seq);
        }
    }

    /// <summary>From the begin of each fault until messages flow again.</summary>
    private static List<(TimeSpan From, TimeSpan To)> Disturbed(Story story)
    {
        var times = new List<(TimeSpan, TimeSpan)>();
        TimeSpan? begun = null;
        foreach (var entry in story.Entries)
        {
            if (entry is FaultBegan) begun = entry.At;
            if (begun is not { } from || entry is not (FlowBack or FaultsOver)) continue;
            times.Add((from, entry.At));
            begun = null;
        }
        return times;
    }

    private static bool IsSingle(Message message) => message.Attempts.Count == 1;

    private static List<(Message Message, long Seq)> Place(FinalMailbox mailbox, IEnumerable<Message> messages) =>
        [.. messages.Select(message => (message, item: mailbox.Find(message.From, message.Id))).Where(entry => entry.item is not null)
            .Select(entry => (entry.message, entry.item!.Seq)).OrderBy(entry => entry.Seq)];

    private static Violation Wrong(string rule, Story story, FinalMailbox mailbox, (Message Message, long Seq) before, (Message Message, long Seq) after, string why) => new(
        rule, $"The mailbox of {mailbox.Owner} has {before.Message.Id} as seq {before.Seq} before {after.Message.Id} as seq {after.Seq}, which {why}.",
        [.. story.Evidence.OfMessage(before.Message.From, before.Message.Id).Concat(story.Evidence.OfMessage(after.Message.From, after.Message.Id)).OrderBy(entry => entry.At)]);
}
