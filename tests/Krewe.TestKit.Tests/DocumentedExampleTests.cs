using System.Runtime.CompilerServices;

namespace Krewe.TestKit.Tests;

public sealed class DocumentedExampleTests
{
    [Theory]
    [InlineData("README.md", "ReadmeExample.cs")]
    [InlineData("docs/testkit.md", "ReadmeExample.cs")]
    [InlineData("docs/testkit.md", "Push/PushExample.cs")]
    public void The_example_is_the_one_that_is_compiled(string document, string file)
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../.."));
        var lines = File.ReadAllLines(Path.Combine(root, "tests/Krewe.TestKit.Tests", file));
        var example = string.Join('\n', lines.Skip(1)).TrimEnd();
        Assert.Contains($"```csharp\n{example}\n```", File.ReadAllText(Path.Combine(root, document)).ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
