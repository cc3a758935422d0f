using System.Diagnostics;

namespace Krewe.ProcessHarness;

/// <summary>The built server of this tree, in the configuration that the tests were built in.</summary>
public static class ServerBinary
{
    public static string RepositoryRoot { get; } = FindRoot();

    public static string Path { get; } = System.IO.Path.Combine(RepositoryRoot, "src", "Krewe.Server", "bin", Configuration(), "net10.0", "Krewe.Server.dll");

    internal static ProcessStartInfo Command(IEnumerable<string> arguments, string workingDirectory, IReadOnlyList<string> launcher)
    {
        string[] program = [.. launcher, "dotnet"];
        var start = new ProcessStartInfo(program[0], program.Skip(1))
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToList())
            start.Environment.Remove(name);
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }

    // What a developer's shell has set must not change what the tests see.
    private static bool IsOurs(string name) =>
        name.StartsWith("Krewe__", StringComparison.OrdinalIgnoreCase) || name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
        || name.StartsWith("Logging__", StringComparison.OrdinalIgnoreCase) || name is "JOURNAL_STREAM" or "DOTNET_ENVIRONMENT";

    private static string Configuration() =>
        AppContext.BaseDirectory.Contains($"{System.IO.Path.DirectorySeparatorChar}Release{System.IO.Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Cluster.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"No Cluster.sln above {AppContext.BaseDirectory}.");
    }
}
