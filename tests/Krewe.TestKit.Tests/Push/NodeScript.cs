using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Krewe.TestKit.Tests.Push;

/// <summary>Runs a script of the folder Node with the vendors' own libraries, which npm installs from the lock file beside it.</summary>
internal static class NodeScript
{
    private const int OldestNode = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly SemaphoreSlim Installing = new(1, 1);

    // What npm says when it cannot get through to the registry.
    private static readonly string[] NoNetwork = ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH"];

    /// <summary>What the script told, by name.</summary>
    public static async Task<IReadOnlyDictionary<string, JsonElement>> RunAsync(string script, params (string Name, string Value)[] environment)
    {
        var folder = await InstallAsync();
        var (code, output, errors) = await ExecuteAsync("node", [script], folder, environment);
        Assert.True(code == 0, $"{script} ended with {code}:\n{output}\n{errors}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonSerializer.Deserialize<JsonElement>(line))
            .ToDictionary(static line => line.GetProperty("name").GetString()!, static line => line.TryGetProperty("value", out var value) ? value : default);
    }

    private static async Task<string> InstallAsync()
    {
        var source = Path.Combine(Path.GetDirectoryName(ThisFile())!, "Node");
        var root = Path.GetFullPath(Path.Combine(source, "../../../.."));
        var folder = Directory.CreateDirectory(Path.Combine(root, "artifacts", "official-sdks")).FullName;
        await Installing.WaitAsync();
        try
        {
            Assert.SkipUnless(await NodeVersionAsync(folder) >= OldestNode, $"Node {OldestNode} or newer and npm are needed.");
            var locked = await File.ReadAllTextAsync(Path.Combine(source, "package-lock.json"));
            var installed = Path.Combine(folder, "node_modules", ".installed");
            var upToDate = File.Exists(installed) && await File.ReadAllTextAsync(installed) == locked;
            foreach (var file in Directory.EnumerateFiles(source)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
            if (upToDate) return folder;
            var (code, output, errors) = await ExecuteAsync("npm", ["ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"], folder);
            Assert.SkipWhen(code != 0 && NoNetwork.Any(word => errors.Contains(word, StringComparison.Ordinal)), "npm does not reach its registry.");
            Assert.True(code == 0, $"npm ended with {code}:\n{output}\n{errors}");
            await File.WriteAllTextAsync(installed, locked);
            return folder;
        }
        finally
        {
            Installing.Release();
        }
    }

    private static async Task<int> NodeVersionAsync(string folder)
    {
        try
        {
            var (_, output, _) = await ExecuteAsync("node", ["--version"], folder);
            await ExecuteAsync("npm", ["--version"], folder);
            return int.TryParse(output.Trim().TrimStart('v').Split('.')[0], out var major) ? major : 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return 0;
        }
    }

    private static async Task<(int Code, string Output, string Errors)> ExecuteAsync(
        string program, IEnumerable<string> arguments, string folder, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {Patience}. It wrote:\n{await output}\n{await errors}");
        }
        return (process.ExitCode, await output, await errors);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
