namespace Krewe.Architecture.Tests;

/// <summary>Who may know whom. docs/architecture.md draws it; this holds it.</summary>
public sealed class ArrowTests
{
    private const string Core = "Krewe.Core", Protocols = "Krewe.Protocols", Server = "Krewe.Server";

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        [Core] = [],
        [Protocols] = [Core],
        ["Krewe.Streams"] = [Core],
        ["Krewe.Grains"] = [Core],
        ["Krewe.Storage.Embedded"] = [Core],
        ["Krewe.Storage.Postgres"] = [Core],
        ["Krewe.Push"] = [Core],
        ["Krewe.Gateway"] = [Core, Protocols],
        ["Krewe.Client"] = [],
    };

    /// <summary>What a project must not see, not even as a package.</summary>
    private static readonly Dictionary<string, string[]> ForbiddenPackages = new()
    {
        [Core] = ["Microsoft.AspNetCore", "RocksDB", "Npgsql", "OpenTelemetry", "Microsoft.Orleans.Runtime", "Microsoft.Orleans.Server"],
        [Protocols] = ["Microsoft.AspNetCore", "Microsoft.Orleans", "RocksDB", "Npgsql", "OpenTelemetry"],
        ["Krewe.Streams"] = ["Microsoft.AspNetCore", "RocksDB", "Npgsql"],
        ["Krewe.Grains"] = ["Microsoft.AspNetCore", "RocksDB", "Npgsql", "System.Text.Json"],
        ["Krewe.Storage.Embedded"] = ["Microsoft.AspNetCore", "Npgsql"],
        ["Krewe.Storage.Postgres"] = ["Microsoft.AspNetCore", "RocksDB"],
        ["Krewe.Push"] = ["Microsoft.AspNetCore", "RocksDB", "Npgsql"],
        ["Krewe.Gateway"] = ["RocksDB", "Npgsql", "Microsoft.Orleans.Runtime", "Microsoft.Orleans.Server"],
        ["Krewe.Client"] = ["Microsoft.AspNetCore", "Microsoft.Orleans", "RocksDB", "Npgsql"],
    };

    public static TheoryData<string> SourceProjects => [.. SourceTree.Sources.Select(project => project.Name)];

    [Theory, MemberData(nameof(SourceProjects))]
    public void A_project_sees_only_what_it_may(string name)
    {
        if (name == Server)
            return;
        Assert.True(Allowed.TryGetValue(name, out var allowed), $"{name} is new: say in ArrowTests whom it may see.");
        var project = Project(name);
        Assert.Empty(project.Projects.Except(allowed!));
        Assert.DoesNotContain(project.Packages, package => ForbiddenPackages[name].Any(forbidden => package.StartsWith(forbidden, StringComparison.Ordinal)));
    }

    [Fact]
    public void Only_the_gateway_and_the_server_see_ASP_NET()
    {
        foreach (var project in SourceTree.Sources.Where(project => project.Name is not ("Krewe.Gateway" or Server)))
        {
            Assert.DoesNotContain("Microsoft.AspNetCore.App", project.Frameworks);
            Assert.DoesNotContain(".Web", project.Sdk, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Only_the_server_sees_storage_and_push() =>
        Assert.DoesNotContain(SourceTree.Sources, project => project.Name != Server && project.Projects.Any(reference =>
            reference.StartsWith("Krewe.Storage.", StringComparison.Ordinal) || reference == "Krewe.Push"));

    [Fact]
    public void Sources_do_not_see_tests() =>
        Assert.Empty(SourceTree.Sources.SelectMany(project => project.Projects).Except(SourceTree.Sources.Select(project => project.Name)));

    // Namespaces tell what a transitive package would hide.
    [Theory]
    [InlineData("Krewe.Grains", "Microsoft.AspNetCore")]
    [InlineData("Krewe.Grains", "System.Text.Json")]
    [InlineData("Krewe.Protocols", "Orleans")]
    [InlineData("Krewe.Core", "Microsoft.AspNetCore")]
    public void A_namespace_stays_out(string project, string forbidden)
    {
        var folder = Path.GetDirectoryName(Project(project).Path)!;
        foreach (var file in SourceTree.Files("*.cs").Where(file => file.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
            Assert.DoesNotContain(File.ReadLines(file), line => line.StartsWith($"using {forbidden}", StringComparison.Ordinal) || line.StartsWith($"global using {forbidden}", StringComparison.Ordinal));
    }

    private static ProjectFile Project(string name) => SourceTree.Projects.Single(project => project.Name == name);
}
