namespace Krewe.Checker.Verification.Checks;

/// <summary>A session gives every item after its cursor, once, in order.</summary>
internal static class SessionCheck
{
    public const string Repeated = "repeated-on-session", Hole = "hole-on-session";

    public static IEnumerable<Violation> Find(Story story)
    {
        foreach (var reading in story.Readings)
        {
            var (opened, cursor) = (reading.Opened, reading.Opened.After);
            foreach (var received in reading.Items)
            {
                var seq = received.Item.Seq;
                if (seq != cursor + 1)
                {
                    yield return new(seq <= cursor ? Repeated : Hole, $"{opened.Transport} of {opened.User} on {opened.Gateway} gave seq {seq} after {cursor}.", story.Evidence.OfSession(opened.Session, seq));
                }
                cursor = Math.Max(cursor, seq);
            }
        }
    }
}
