using Krewe.Checker.Histories;

namespace Krewe.Checker.Verification.Checks;

/// <summary>When the faults are over, nobody is shown wrongly for longer than the bound.</summary>
internal static class PresenceCheck
{
    public const string Stale = "presence-stale";

    public static IEnumerable<Violation> Find(Story story)
    {
        if (story.Entries.OfType<FaultsOver>().FirstOrDefault() is not { } over) yield break;
        var settled = new Dictionary<string, PresenceSettled>();
        foreach (var entry in story.Entries)
        {
            if (entry is PresenceSettled now) settled[now.User] = now;
            if (entry is not PresenceSeen seen || !settled.TryGetValue(seen.About, out var truth) || truth.Show is null || seen.Show == truth.Show) continue;
            var since = truth.At > over.At ? truth.At : over.At;
            if (seen.At - since > Verifier.PresenceBound)
                yield return new(Stale, $"{seen.Watcher} sees {seen.About} as {seen.Show} ({seen.How}), who has been {truth.Show} for {(seen.At - since).TotalSeconds:0} s.", [over, truth, seen]);
        }
    }
}
