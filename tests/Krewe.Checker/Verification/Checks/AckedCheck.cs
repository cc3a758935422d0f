using Krewe.Checker.Histories;

namespace Krewe.Checker.Verification.Checks;

/// <summary>What was acknowledged is in both mailboxes as it was acknowledged; every answer under one id is the same; only what deserves it is refused.</summary>
internal static class AckedCheck
{
    public const string Lost = "lost", Elsewhere = "acked-otherwise", Answers = "answers-differ", Refused = "wrongly-refused", Unanswered = "unanswered";

    /// <summary>When the faults are over, a send that is tried again and again has its answer by then.</summary>
    private static readonly TimeSpan AnswerBound = TimeSpan.FromSeconds(30);

    public static IEnumerable<Violation> Find(Story story)
    {
        var over = story.Entries.OfType<FaultsOver>().FirstOrDefault()?.At;
        return story.Messages.SelectMany(message => Find(story, message)).Concat(
            from message in story.Messages
            where message.Acked is null && message.Attempts[^1].Outcome is SendUnknown unknown && unknown.At - over > AnswerBound
            select new Violation(Unanswered, $"{message} was tried {message.Attempts.Count} times, to the end.", About(story, message)));
    }

    private static IEnumerable<Violation> Find(Story story, Message message)
    {
        foreach (var attempt in message.Attempts)
        {
            if (attempt.Outcome is SendRefused refused && !Deserves(story, message, refused))
                yield return new(Refused, $"{message}: {refused.Code}.", About(story, message));
            if (attempt.Acked is { } again && (again.Seq, again.SentAt) != (message.Acked!.Seq, message.Acked.SentAt))
                yield return new(Answers, $"{message} was acknowledged as seq {message.Acked.Seq} of {message.Acked.SentAt} and as seq {again.Seq} of {again.SentAt}.", About(story, message));
        }
        if (message.Acked is not { } acked) yield break;
        foreach (var owner in new[] { message.From, message.To }.Distinct())
        {
            if (!story.Mailboxes.TryGetValue(owner, out var mailbox)) continue;
            if (mailbox.Find(message.From, message.Id) is not { } item)
                yield return new(Lost, $"{message} was acknowledged and is not in the mailbox of {owner}.", About(story, message));
            else if (!message.Is(item) || item.SentAt != acked.SentAt || (owner == message.From && item.Seq != acked.Seq))
                yield return new(Elsewhere, $"{message} was acknowledged as seq {acked.Seq} of {acked.SentAt}; the mailbox of {owner} has something else under its id: seq {item.Seq} of {item.SentAt}.", About(story, message));
        }
    }

    /// <summary>Nobody has the address, or the id has another content already.</summary>
    private static bool Deserves(Story story, Message message, SendRefused refused) => refused.Code switch
    {
        "not-found" => !story.Mailboxes.ContainsKey(message.To),
        "id-conflict" => story.Find(message.From, message.Id).Any(other => other != message && other.FirstInvoked < refused.At),
        _ => false,
    };

    private static IReadOnlyList<Entry> About(Story story, Message message) => story.Evidence.OfMessage(message.From, message.Id);
}
