using System.Diagnostics;
using Krewe.ProcessHarness;

namespace Krewe.Deploy.Tests;

/// <summary>A program of the machine, run to its end.</summary>
internal static class Tool
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>A file of the repository.</summary>
    public static string File(params string[] parts) => Path.Combine([ServerBinary.RepositoryRoot, .. parts]);

    /// <summary>Skips the test where the program is not installed; tests/run.sh installs all that are used here.</summary>
    public static void Need(string program) =>
        Assert.SkipUnless(Find(program) is not null, $"{program} is not installed.");

    public static async Task<Ended> RunAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(Find(program) ?? program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("Krewe", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', start.ArgumentList)} did not end within {Patience}. It wrote:\n{await output}{await errors}");
        }
        return new Ended(process.ExitCode, await output, await errors);
    }

    // Debian keeps servers out of the path of ordinary users.
    private static string? Find(string program) => Path.IsPathRooted(program) ? program
        : $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(System.IO.File.Exists);

    public sealed record Ended(int ExitCode, string Output, string Errors)
    {
        public Ended Good()
        {
            Assert.True(ExitCode == 0, $"exit code {ExitCode}:\n{Output}{Errors}");
            return this;
        }
    }
}
