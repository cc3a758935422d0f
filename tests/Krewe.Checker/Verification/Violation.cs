using Krewe.Checker.Histories;

namespace Krewe.Checker.Verification;

/// <summary>A promise that was not kept.</summary>
/// <param name="Rule">The promise, in a word.</param>
/// <param name="Evidence">The smallest part of the history that shows it.</param>
internal sealed record Violation(string Rule, string What, IReadOnlyList<Entry> Evidence)
{
    public override string ToString() => $"{Rule}: {What}";
}
