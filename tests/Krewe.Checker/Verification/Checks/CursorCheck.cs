using Krewe.Checker.Histories;

namespace Krewe.Checker.Verification.Checks;

/// <summary>
/// How far a mailbox reaches only grows: whoever comes with a number is never told that it does not exist yet. Whoever comes with less may be told less
/// for a moment, while a grain moves: its forerunner answers with what it knows (docs/decisions/0080).
/// </summary>
internal static class CursorCheck
{
    public const string Backwards = "last-went-back", Behind = "last-behind-cursor", Ahead = "cursor-ahead", Refused = "read-refused";

    public static IEnumerable<Violation> Find(Story story)
    {
        var owners = story.Readings.ToDictionary(reading => reading.Opened.Session, reading => reading.Opened.User);
        var reached = new Dictionary<string, Growth>();
        foreach (var entry in story.Entries)
        {
            (string User, long Seq)? told = entry switch
            {
                Received received => (owners[received.Session], received.Item.Seq),
                SendAcked acked => (acked.User, acked.Seq),
                LastTold last => (last.User, last.Last),
                _ => null,
            };
            if (told is not { } known) continue;
            if (!reached.TryGetValue(known.User, out var growth)) reached.Add(known.User, growth = new Growth());
            growth.Note(entry.At, known.Seq);
        }
        foreach (var last in story.Entries.OfType<LastTold>())
        {
            if (last.Last < last.After && reached.ContainsKey(last.User))
                yield return new(Behind, $"{last.User} came with seq {last.After} and was told that the newest is {last.Last}.", [.. story.Evidence.OfSeq(last.User, last.After), last]);
            else if (Before(last.User, last.InvokedAt - Verifier.StaleBound) is var (seq, by) && seq > last.Last)
                yield return new(Backwards, $"{last.User} was told that the newest is seq {last.Last}, long after having seen seq {seq}.", [.. At(by, last.User, seq), last]);
        }
        foreach (var refused in story.Entries.OfType<ReadRefused>())
        {
            if (refused.Code != Ahead)
                yield return new(Refused, $"{refused.User} could not read after {refused.Cursor}: {refused.Code}.", [refused]);
            else if (Before(refused.User, refused.InvokedAt) is var (seq, by) && seq >= refused.Cursor)
                yield return new(Ahead, $"{refused.User} was told that the mailbox ends before {refused.Cursor}, after having seen seq {seq}.", [.. At(by, refused.User, seq), refused]);
        }
        var acks = story.Entries.OfType<AckInvoked>().ToDictionary(ack => (ack.User, ack.Device, ack.Number));
        foreach (var refused in story.Entries.OfType<AckRefused>())
            yield return new(Ahead, $"{refused.User} could not acknowledge what it had been given: {refused.Code}.", [acks[(refused.User, refused.Device, refused.Number)], refused]);

        (long Seq, TimeSpan At)? Before(string user, TimeSpan at) => reached.TryGetValue(user, out var growth) ? growth.Before(at) : null;

        IEnumerable<Entry> At(TimeSpan at, string user, long seq) => story.Evidence.OfSeq(user, seq).Where(entry => entry.At <= at + TimeSpan.FromSeconds(1))
            .Concat(story.Entries.Where(entry => entry.At == at && entry is LastTold)).Take(4);
    }
}
