using System.Text.RegularExpressions;

namespace Krewe.Architecture.Tests;

/// <summary>Links between the documents lead somewhere.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void Every_link_to_a_file_finds_it_and_every_link_to_a_heading_too() =>
        Assert.Empty(
            from page in SourceTree.Files("*.md")
            from link in Link().Matches(File.ReadAllText(page)).Select(match => match.Groups[1].Value)
            where !link.Contains("://", StringComparison.Ordinal)
            let parts = link.Split('#', 2)
            let target = parts[0].Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, parts[0]))
            where !(File.Exists(target) || Directory.Exists(target)) || (parts.Length == 2 && !Headings(target).Contains(parts[1]))
            select $"{SourceTree.Relative(page)}: {link}");

    private static IEnumerable<string> Headings(string page) =>
        from line in File.ReadLines(page)
        where line.StartsWith('#')
        select NotInAnchors().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
