using Krewe.Checker.Histories;
using Krewe.Checker.Verification.Checks;

namespace Krewe.Checker.Verification;

/// <summary>Finds what a history has that must not be.</summary>
internal static class Verifier
{
    /// <summary>R7: how long after a silo's death, or after the last change, a contact may still be shown wrongly.</summary>
    public static readonly TimeSpan PresenceBound = TimeSpan.FromSeconds(60);

    /// <summary>How long an activation that has a successor may go on answering reads with what it knows. R6 grants 15 s until mailboxes are writable.</summary>
    public static readonly TimeSpan StaleBound = TimeSpan.FromSeconds(15);

    private static readonly Func<Story, IEnumerable<Violation>>[] Checks =
    [
        MailboxCheck.Find,
        SessionCheck.Find,
        AgreementCheck.Find,
        AckedCheck.Find,
        InventionCheck.Find,
        OrderCheck.Find,
        HistoryCheck.Find,
        CursorCheck.Find,
        ReceiptCheck.Find,
        PresenceCheck.Find,
        ListenerCheck.Find,
        FlowCheck.Find,
    ];

    public static IReadOnlyList<Violation> Verify(IReadOnlyList<Entry> entries)
    {
        var story = new Story(entries);
        return [.. Checks.SelectMany(check => check(story))];
    }
}
