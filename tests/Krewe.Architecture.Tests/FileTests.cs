using System.Text.RegularExpressions;

namespace Krewe.Architecture.Tests;

public sealed partial class FileTests
{
    /// <summary>A longer file has two jobs.</summary>
    private const int Lines = 350;

    // These make load at a pace and judge nothing by the clock.
    private static readonly string[] Measurements = ["Krewe.LoadTool", "Throughput.cs"];

    private static readonly string[] CodeFiles = ["*.cs", "*.js", "*.mjs", "*.css", "*.html"];

    [Fact]
    public void No_file_has_two_jobs() =>
        Assert.Empty(CodeFiles.SelectMany(SourceTree.Files)
            .Select(path => (path, lines: File.ReadLines(path).Count()))
            .Where(file => file.lines > Lines)
            .Select(file => $"{SourceTree.Relative(file.path)}: {file.lines} lines"));

    [Fact]
    public void No_folder_is_named_for_what_its_files_are()
    {
        string[] names = ["Interfaces", "Models", "Services", "Helpers", "Utils", "Common", "Misc"];

        Assert.DoesNotContain(SourceTree.Files("*.cs").Select(SourceTree.Relative), path => path.Split('/').SkipLast(1).Any(names.Contains));
    }

    [Fact]
    public void Nothing_is_left_for_later()
    {
        Assert.Empty(
            from path in CodeFiles.SelectMany(SourceTree.Files)
            where !path.EndsWith("FileTests.cs", StringComparison.Ordinal)
            from line in File.ReadLines(path).Select((text, index) => (text, number: index + 1))
            where Unfinished().IsMatch(line.text)
            select $"{SourceTree.Relative(path)}:{line.number}: {line.text.Trim()}");
    }

    [Fact]
    public void Tests_do_not_sleep() =>
        Assert.Empty(
            from path in SourceTree.Files("*.cs")
            where SourceTree.Relative(path).StartsWith("tests/", StringComparison.Ordinal) && !path.EndsWith("FileTests.cs", StringComparison.Ordinal) && !Measurements.Any(name => path.Contains(name, StringComparison.Ordinal))
            from line in File.ReadLines(path).Select((text, index) => (text, number: index + 1))
            where line.text.Contains("Thread.Sleep(", StringComparison.Ordinal)
            select $"{SourceTree.Relative(path)}:{line.number}");

    [Fact]
    public void Options_classes_are_sealed_and_every_property_tells_its_default()
    {
        var problems = new List<string>();
        foreach (var path in SourceTree.Files("*Options.cs").Where(path => SourceTree.Relative(path).StartsWith("src/", StringComparison.Ordinal) && !path.Contains("Krewe.Client", StringComparison.Ordinal)))
        {
            var lines = File.ReadAllLines(path);
            if (!lines.Any(line => line.Contains("sealed class", StringComparison.Ordinal) || line.Contains("sealed record", StringComparison.Ordinal)))
                problems.Add($"{SourceTree.Relative(path)}: not sealed");
            for (var i = 0; i < lines.Length; i++)
            {
                if (!ScalarProperty().IsMatch(lines[i]))
                    continue;
                var comment = string.Join(' ', lines.Take(i).Reverse().SkipWhile(line => line.TrimStart().StartsWith('[')).TakeWhile(line => line.TrimStart().StartsWith("///", StringComparison.Ordinal)));
                if (!comment.Contains("Default:", StringComparison.Ordinal))
                    problems.Add($"{SourceTree.Relative(path)}:{i + 1}: says no default");
            }
        }
        Assert.Empty(problems);
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex Unfinished();

    // Settable, and not a nested options class.
    [GeneratedRegex(@"public (?!\w*Options )\S+ \w+ \{ get; (set|init);")]
    private static partial Regex ScalarProperty();
}
