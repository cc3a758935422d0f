using Krewe.Checker.Histories;

namespace Krewe.Checker.Verification.Checks;

/// <summary>Who listened to the end has got everything, from the first item to the last.</summary>
internal static class ListenerCheck
{
    public const string Behind = "not-delivered", Skipped = "skipped";

    public static IEnumerable<Violation> Find(Story story)
    {
        var given = story.Readings.GroupBy(reading => (reading.Opened.User, reading.Opened.Device))
            .ToDictionary(device => device.Key, device => device.SelectMany(reading => reading.Items).Select(received => received.Item.Seq).ToHashSet());
        foreach (var listener in story.Entries.OfType<ListenerEnded>())
        {
            if (!story.Mailboxes.TryGetValue(listener.User, out var mailbox)) continue;
            if (listener.Cursor < mailbox.Last)
                yield return new(Behind, $"{listener.Device} of {listener.User} listened to the end and got no further than seq {listener.Cursor} of {mailbox.Last}.",
                    [.. story.Evidence.OfSeq(listener.User, listener.Cursor, listener.Cursor + 1), listener]);
            var got = given.GetValueOrDefault((listener.User, listener.Device)) ?? [];
            if (mailbox.Items.FirstOrDefault(item => item.Seq <= listener.Cursor && !got.Contains(item.Seq)) is { } skipped)
                yield return new(Skipped, $"{listener.Device} of {listener.User} came to seq {listener.Cursor} and never got seq {skipped.Seq}.", story.Evidence.OfSeq(listener.User, skipped.Seq));
        }
    }
}
