using Krewe.Checker.Histories;

namespace Krewe.Checker.Verification.Checks;

/// <summary>After every fault messages flow again for everybody, without anybody's help.</summary>
internal static class FlowCheck
{
    public const string Stopped = "no-flow";

    public static IEnumerable<Violation> Find(Story story)
    {
        FaultBegan? open = null;
        foreach (var entry in story.Entries)
        {
            if (entry is FaultBegan began) open = began;
            if (entry is FlowBack) open = null;
            if (open is null || entry is not FaultsOver) continue;
            yield return new(Stopped, $"After {open.Name} somebody could not send or got nothing new until the run gave up.", [open, entry]);
            yield break;
        }
    }
}
