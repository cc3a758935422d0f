namespace Krewe.Architecture.Tests;

/// <summary>The image restores its packages before it has the sources: every project file that this needs is copied by name.</summary>
public sealed class ContainerTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(SourceTree.Root, "deploy", "container", "Containerfile"));

    [Fact]
    public void Every_project_of_the_server_is_copied_before_the_restore()
    {
        var needed = Closure("Krewe.Server").Select(project => SourceTree.Relative(project.Path)).Order(StringComparer.Ordinal);

        var copied = Lines.TakeWhile(line => !line.StartsWith("RUN dotnet restore", StringComparison.Ordinal))
            .Select(line => line.Split(' ')).Where(words => words is ["COPY", var file, _] && file.EndsWith(".csproj", StringComparison.Ordinal));

        Assert.Contains(Lines, line => line.StartsWith("RUN dotnet restore", StringComparison.Ordinal));
        Assert.Equal(needed, copied.Select(words => words[1]).Order(StringComparer.Ordinal));
        Assert.All(copied, words => Assert.Equal(Path.GetDirectoryName(words[1]) + "/", words[2]));
    }

    private static HashSet<ProjectFile> Closure(string name)
    {
        var all = SourceTree.Projects.ToDictionary(project => project.Name);
        var (found, waiting) = (new HashSet<ProjectFile>(), new Stack<ProjectFile>([all[name]]));
        while (waiting.TryPop(out var project))
            if (found.Add(project))
                foreach (var reference in project.Projects)
                    waiting.Push(all[reference]);
        return found;
    }
}
