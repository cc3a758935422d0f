using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Krewe.ProcessHarness;

/// <summary>A real server process on free ports of loopback.</summary>
public sealed partial class KreweProcess : IAsyncDisposable
{
    private readonly KreweProcessOptions _options;
    private readonly ServerOutput _output;
    private readonly Process _process;
    private readonly bool _ownsData;

    private KreweProcess(KreweProcessOptions options, string dataPath, bool ownsData, Process process, ServerOutput output) =>
        (_options, DataPath, _ownsData, _process, _output) = (options, dataPath, ownsData, process, output);

    /// <summary>Where clients connect; null on a silo that only runs users.</summary>
    public Uri Http { get; private set; } = null!;

    /// <summary>The same with TLS, if it was asked for.</summary>
    public Uri? Https { get; private set; }

    public Uri Admin { get; private set; } = null!;

    /// <summary>Where XMPP clients connect.</summary>
    public IPEndPoint? Xmpp { get; private set; }

    public string DataPath { get; }

    public string Summary { get; private set; } = "";

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Everything that it wrote so far, standard output and error.</summary>
    public string Log => _output.Text;

    public string AdminToken => File.ReadAllText(Path.Combine(DataPath, "admin-token")).Trim();

    /// <summary>Starts a server and waits until it serves.</summary>
    public static async Task<KreweProcess> StartAsync(KreweProcessOptions? options = null)
    {
        var server = Launch(options);
        try
        {
            server.Read(await server._output.LineAsync("is ready:", server._options.StartTimeout));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server and does not wait for anything: it has no addresses yet.</summary>
    public static KreweProcess Launch(KreweProcessOptions? options = null)
    {
        options ??= new KreweProcessOptions();
        var dataPath = options.DataPath ?? Directory.CreateTempSubdirectory("krewe-").FullName;
        string[] own =
        [
            $"--Krewe:Http:Listen=127.0.0.1:{options.HttpPort}",
            $"--Krewe:Admin:Listen=127.0.0.1:{options.AdminPort}",
            "--Krewe:Xmpp:Listen=127.0.0.1:0",
            $"--Krewe:Storage:Path={dataPath}",
        ];
        var (process, output) = Launch([.. own, .. options.Arguments], options.Environment, dataPath, options.Launcher);
        return new KreweProcess(options, dataPath, options.DataPath is null, process, output);
    }

    /// <summary>Runs the server with exactly these arguments until it ends by itself, as when it refuses to start.</summary>
    public static async Task<EndedProcess> RunAsync(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null, TimeSpan? timeout = null)
    {
        var folder = Directory.CreateTempSubdirectory("krewe-");
        var (process, output) = Launch(arguments, environment ?? new Dictionary<string, string>(), folder.FullName);
        try
        {
            await WaitAsync(process, timeout ?? TimeSpan.FromSeconds(60), output);
            await output.EndedAsync();
            return new EndedProcess(process.ExitCode, output.StandardOutput, output.StandardError);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
            process.Dispose();
            folder.Delete(recursive: true);
        }
    }

    /// <summary>SIGKILL: nothing gets a chance to tidy up.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await WaitAsync(_process, TimeSpan.FromSeconds(30), _output);
    }

    /// <summary>Sends a signal and does not wait for what comes of it.</summary>
    public void Signal(PosixSignal signal)
    {
        var number = signal switch
        {
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGTERM => 15,
            _ => throw new ArgumentOutOfRangeException(nameof(signal)),
        };
        Send(number);
    }

    /// <summary>SIGSTOP: connections stay, connecting works, and nobody answers.</summary>
    public void Freeze() => Send(19);

    /// <summary>SIGCONT.</summary>
    public void Thaw() => Send(18);

    /// <summary>SIGTERM, and its exit code.</summary>
    public Task<int> TerminateAsync(TimeSpan? timeout = null)
    {
        Signal(PosixSignal.SIGTERM);
        return ExitAsync(timeout);
    }

    /// <summary>Waits until the process ends by itself.</summary>
    public async Task<int> ExitAsync(TimeSpan? timeout = null)
    {
        await WaitAsync(_process, timeout ?? TimeSpan.FromSeconds(30), _output);
        await _output.EndedAsync();
        return _process.ExitCode;
    }

    /// <summary>Waits for a line that has this text.</summary>
    public Task<string> LogLineAsync(string text, TimeSpan timeout) => _output.LineAsync(text, timeout);

    /// <summary>Starts again on the same data and the same ports; this one must have ended.</summary>
    public Task<KreweProcess> RestartAsync()
    {
        if (!_process.HasExited)
            throw new InvalidOperationException("The server still runs.");
        return StartAsync(_options with { DataPath = DataPath, HttpPort = Http?.Port ?? 0, AdminPort = Admin.Port });
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
        if (_ownsData && Directory.Exists(DataPath))
            Directory.Delete(DataPath, recursive: true);
    }

    private void Send(int signal)
    {
        if (Kill(_process.Id, signal) != 0)
            throw new InvalidOperationException($"kill({_process.Id}, {signal}) failed with errno {Marshal.GetLastPInvokeError()}.");
    }

    private static (Process, ServerOutput) Launch(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string workingDirectory, IReadOnlyList<string>? launcher = null)
    {
        Directory.CreateDirectory(workingDirectory);
        var start = ServerBinary.Command(arguments, workingDirectory, launcher ?? []);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = new Process { StartInfo = start };
        var output = new ServerOutput(process);
        process.Start();
        process.StandardInput.Close();
        output.Begin();
        return (process, output);
    }

    private static async Task WaitAsync(Process process, TimeSpan timeout, ServerOutput output)
    {
        using var patience = new CancellationTokenSource(timeout);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The server did not end within {timeout}. It wrote:\n{output.Text}");
        }
    }

    private void Read(string summary)
    {
        Summary = summary;
        if (Chat().Match(summary) is { Success: true } chat)
            Http = new Uri(chat.Groups[1].Value);
        Https = Http?.Scheme == Uri.UriSchemeHttps ? Http : Tls().Match(summary) is { Success: true } tls ? new Uri(tls.Groups[1].Value) : null;
        Xmpp = XmppAddress().Match(summary) is { Success: true } xmpp ? IPEndPoint.Parse(xmpp.Groups[1].Value) : null;
        Admin = new Uri(AdminAddress().Match(summary).Groups[1].Value);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Kill(int process, int signal);

    [GeneratedRegex(@"\bchat (\S+)")]
    private static partial Regex Chat();

    [GeneratedRegex(@"\bwith TLS (\S+)")]
    private static partial Regex Tls();

    [GeneratedRegex(@"\bxmpp (\d\S+)")]
    private static partial Regex XmppAddress();

    [GeneratedRegex(@"\badmin (\S+)")]
    private static partial Regex AdminAddress();
}

/// <summary>What became of a server that ended by itself.</summary>
public sealed record EndedProcess(int ExitCode, string Output, string Errors);
