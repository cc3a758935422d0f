using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Npgsql;

namespace Krewe.PostgresHarness;

/// <summary>A real PostgreSQL server of a test, on a free port of loopback and a temporary folder, with switches for what may befall it.</summary>
public sealed partial class PostgresServer : IAsyncDisposable
{
    /// <summary>Of the superuser; a word to look for where no password may be.</summary>
    public const string Password = "s3cret;Capulet";

    private const int SigInt = 2, SigQuit = 3, SigKill = 9, SigCont = 18, SigStop = 19;

    private readonly DirectoryInfo _folder;
    private readonly StringBuilder _log = new();
    private readonly IPNetwork? _network;
    private Process? _process;
    private int _databases;

    private PostgresServer(DirectoryInfo folder, int port, IPNetwork? network) => (_folder, Port, _network) = (folder, port, network);

    public int Port { get; }

    /// <summary>Where the network's own members reach it; null without one.</summary>
    public IPAddress? NetworkAddress => _network is { } network ? FirstOf(network) : null;

    public string Log { get { lock (_log) return _log.ToString(); } }

    /// <summary>Makes a cluster of databases and starts a server on it.</summary>
    public static Task<PostgresServer> StartAsync(params string[] settings) => StartAsync(null, settings);

    /// <summary>The same for a network of this machine's own beside loopback, whose first address is this machine.</summary>
    public static async Task<PostgresServer> StartAsync(IPNetwork? network, params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("krewe-postgres-");
        var server = new PostgresServer(folder, FreePort(), network);
        try
        {
            var password = Path.Combine(folder.FullName, "password");
            await File.WriteAllTextAsync(password, Password);
            if (IsRoot)
                await RunAsync("chown", "-R", "postgres", folder.FullName);
            await RunAsync("initdb", "-D", server.Data, "-U", "postgres", "--encoding=UTF8", "--no-locale", "--auth=scram-sha-256", $"--pwfile={password}", "--no-sync");
            await File.AppendAllLinesAsync(Path.Combine(server.Data, "postgresql.conf"),
                [$"port = {server.Port}", $"listen_addresses = '{server.Listen}'", "unix_socket_directories = ''", "shared_buffers = 32MB", "log_statement = 'none'", .. settings]);
            if (network is not null)
                await File.AppendAllLinesAsync(Path.Combine(server.Data, "pg_hba.conf"), [$"host all all {network} scram-sha-256"]);
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The connection string of a new, empty database.</summary>
    public async Task<string> CreateDatabaseAsync(string options = "")
    {
        var name = $"krewe_{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync($"create database {name} {options}");
        return ConnectionString(name);
    }

    public string ConnectionString(string database, string user = "postgres", string password = Password) =>
        new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = Port, Database = database, Username = user, Password = password }.ConnectionString;

    /// <summary>As the superuser.</summary>
    public Task ExecuteAsync(string sql, string database = "postgres") => ExecuteOnAsync(ConnectionString(database), sql);

    public static async Task ExecuteOnAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Starts the server on its data; it must have ended.</summary>
    public async Task StartAgainAsync()
    {
        var start = Command("postgres", "-D", Data);
        var process = Process.Start(start)!;
        _process = process;
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
                _log.AppendLine(line.Data);
            if (line.Data is null)
                ready.TrySetException(new InvalidOperationException($"PostgreSQL ended:\n{Log}"));
            else if (line.Data.Contains("ready to accept connections", StringComparison.Ordinal))
                ready.TrySetResult();
        };
        process.BeginErrorReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>An ordered stop that breaks off what runs (SIGINT).</summary>
    public Task StopAsync() => EndAsync(SigInt);

    /// <summary>A stop without a checkpoint, as after a crash (SIGQUIT).</summary>
    public Task CrashAsync() => EndAsync(SigQuit);

    /// <summary>SIGKILL for the server with all its processes.</summary>
    public async Task KillAsync()
    {
        var family = Family();
        family.ForEach(id => Send(id, SigKill));
        await EndedAsync();
    }

    /// <summary>SIGSTOP: connections stay, connecting works, and nobody answers.</summary>
    public void Freeze() => Family().ForEach(id => Send(id, SigStop));

    public void Thaw() => Family().ForEach(id => Send(id, SigCont));

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            await KillAsync();
        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Listen => NetworkAddress is { } address ? $"127.0.0.1,{address}" : "127.0.0.1";

    private static IPAddress FirstOf(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        bytes[^1]++;
        return new IPAddress(bytes);
    }

    private static bool IsRoot => Environment.UserName == "root";

    private string Data => Path.Combine(_folder.FullName, "data");

    private async Task EndAsync(int signal)
    {
        Send(_process!.Id, signal);
        await EndedAsync();
    }

    private async Task EndedAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process!.WaitForExitAsync(patience.Token);
    }

    /// <summary>The server first: frozen, it starts nobody new.</summary>
    private List<int> Family()
    {
        var server = _process!.Id;
        return [server, .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _))
            .Select(name => int.Parse(name!, System.Globalization.CultureInfo.InvariantCulture)).Where(id => ParentOf(id) == server)];
    }

    private static int ParentOf(int id)
    {
        try
        {
            // "pid (name) state parent …", and the name may have anything in it.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static void Send(int id, int signal) => _ = Kill(id, signal);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program == "chown" ? Redirected(new ProcessStartInfo(program, arguments)) : Command(program, arguments))!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} failed: {await errors}{await output}");
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static ProcessStartInfo Command(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs(), program);
        return Redirected(IsRoot
            ? new ProcessStartInfo("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", path, .. arguments])
            : new ProcessStartInfo(path, arguments));
    }

    private static ProcessStartInfo Redirected(ProcessStartInfo start)
    {
        (start.RedirectStandardError, start.RedirectStandardOutput, start.WorkingDirectory) = (true, true, Path.GetTempPath());
        return start;
    }

    private static string Programs() =>
        new[] { "/usr/lib/postgresql", "/usr/pgsql" }.Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories).OrderDescending().Select(folder => Path.Combine(folder, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")))
        ?? throw new InvalidOperationException("PostgreSQL is not installed: initdb was not found (Debian: apt-get install postgresql).");

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Kill(int process, int signal);
}
