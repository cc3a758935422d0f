using System.Xml.Linq;

namespace Krewe.Architecture.Tests;

public sealed class SolutionTests
{
    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(SourceTree.Root, "Cluster.sln"));

        Assert.All(SourceTree.Projects, project => Assert.Contains(SourceTree.Relative(project.Path).Replace('/', '\\'), solution, StringComparison.Ordinal));
    }

    [Fact]
    public void There_is_one_solution_in_the_classic_form()
    {
        Assert.Equal(["Cluster.sln"], SourceTree.Files("*.sln").Select(SourceTree.Relative));
        Assert.Empty(SourceTree.Files("*.slnx"));
    }

    [Fact]
    public void Every_source_project_has_tests_or_is_tested_with_the_server()
    {
        var names = SourceTree.Projects.Select(project => project.Name).ToHashSet();

        Assert.All(SourceTree.Sources, project => Assert.Contains(project.Name.Replace(".Embedded", "", StringComparison.Ordinal).Replace(".Postgres", "", StringComparison.Ordinal) + ".Tests", names));
    }

    [Fact]
    public void Package_versions_stand_in_one_place()
    {
        var central = XDocument.Load(Path.Combine(SourceTree.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .Select(element => (string)element.Attribute("Include")!).ToHashSet();
        foreach (var project in SourceTree.Projects)
        {
            Assert.All(project.Packages, package => Assert.Contains(package, central));
            Assert.DoesNotContain(project.Elements("PackageReference"), reference => reference.Attribute("Version") is not null || reference.Attribute("VersionOverride") is not null);
        }
        Assert.DoesNotContain(SourceTree.Files("*.csproj"), path => File.ReadAllText(path).Contains("<PackageVersion", StringComparison.Ordinal));
    }

    [Fact]
    public void No_project_weakens_the_common_settings()
    {
        string[] settings = ["TreatWarningsAsErrors", "Nullable", "AnalysisLevel", "NoWarn", "WarningsNotAsErrors", "TargetFramework", "TargetFrameworks"];

        Assert.All(SourceTree.Projects, project => Assert.DoesNotContain(settings, name => project.Elements(name).Any()));
    }
}
