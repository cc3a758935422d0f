using System.Xml.Linq;

namespace Krewe.Architecture.Tests;

/// <summary>The files of the repository, as the rules see them.</summary>
internal static class SourceTree
{
    // Built or downloaded, not written.
    private static readonly string[] Skipped = ["bin", "obj", "artifacts", "node_modules", "data", "TestResults", ".git", ".vs", ".idea"];

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<ProjectFile> Projects { get; } = [.. Files("*.csproj").Select(path => new ProjectFile(path)).OrderBy(project => project.Name, StringComparer.Ordinal)];

    public static IEnumerable<ProjectFile> Sources => Projects.Where(project => project.IsSource);

    public static IEnumerable<string> Files(string pattern) => Files(Root, pattern);

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern).Concat(
            Directory.EnumerateDirectories(folder).Where(child => !Skipped.Contains(Path.GetFileName(child))).SelectMany(child => Files(child, pattern)));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Cluster.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"No Cluster.sln above {AppContext.BaseDirectory}.");
    }
}

/// <summary>What a project file says that it depends on.</summary>
internal sealed class ProjectFile
{
    private readonly XDocument _xml;

    public ProjectFile(string path)
    {
        Path = path;
        Name = System.IO.Path.GetFileNameWithoutExtension(path);
        _xml = XDocument.Load(path);
        Projects = [.. Includes("ProjectReference").Select(reference => System.IO.Path.GetFileNameWithoutExtension(reference.Replace('\\', '/')))];
        Packages = [.. Includes("PackageReference")];
        Frameworks = [.. Includes("FrameworkReference")];
    }

    public string Path { get; }

    public string Name { get; }

    public bool IsSource => SourceTree.Relative(Path).StartsWith("src/", StringComparison.Ordinal);

    public IReadOnlyList<string> Projects { get; }

    public IReadOnlyList<string> Packages { get; }

    public IReadOnlyList<string> Frameworks { get; }

    public string Sdk => (string?)_xml.Root!.Attribute("Sdk") ?? "";

    public IEnumerable<XElement> Elements(string name) => _xml.Descendants(name);

    public override string ToString() => Name;

    private IEnumerable<string> Includes(string item) => _xml.Descendants(item).Select(element => (string?)element.Attribute("Include")).OfType<string>();
}
