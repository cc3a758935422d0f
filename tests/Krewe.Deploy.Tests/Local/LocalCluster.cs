using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Krewe.Client;
using Krewe.ProcessHarness;

namespace Krewe.Deploy.Tests.Local;

[CollectionDefinition(Name)]
public sealed class LocalClusterGroup : ICollectionFixture<LocalCluster>
{
    public const string Name = "local cluster";
}

/// <summary>The cluster of deploy/local/cluster.sh on ports and in a folder of its own. Each test brings it up, which does nothing if it is.</summary>
public sealed class LocalCluster : IAsyncDisposable
{
    internal static readonly string[] Names = ["postgres", "core-1", "core-2", "gateway-1", "gateway-2", "haproxy"];

    private const string Password = "wherefore art thou";

    private int _users;

    public LocalCluster() => State = Directory.CreateTempSubdirectory("krewe-local-").FullName;

    public string State { get; }

    public int Port { get; } = FreeBlock();

    /// <summary>Through HAProxy.</summary>
    public Uri Clients => new($"http://127.0.0.1:{Port}/");

    public Uri Gateway(int number) => new($"http://127.0.0.1:{Port + number}/");

    public Uri GatewayAdmin(int number) => new($"http://127.0.0.1:{Port + 2 + number}/");

    public Uri CoreAdmin(int number) => new($"http://127.0.0.1:{Port + 4 + number}/");

    public async Task UpAsync()
    {
        foreach (var program in new[] { "haproxy", "setpriv" })
            Tool.Need(program);
        await RunAsync("up");
    }

    /// <summary>A command of the script, which must do it.</summary>
    internal async Task<string> RunAsync(params string[] arguments) => (await TryAsync(arguments)).Good().Output;

    internal Task<Tool.Ended> TryAsync(params string[] arguments) => Tool.RunAsync("bash", [Tool.File("deploy", "local", "cluster.sh"), .. arguments], new Dictionary<string, string>
    {
        ["KREWE_LOCAL_STATE"] = State,
        ["KREWE_LOCAL_PORT"] = Port.ToString(CultureInfo.InvariantCulture),
        ["KREWE_SERVER"] = ServerBinary.Path,
        ["Krewe__Accounts__Registration"] = "open",
    });

    /// <summary>A new user, signed in where the address leads.</summary>
    internal async Task<KreweClient> SignUpAsync(Uri address)
    {
        var client = new KreweClient(address);
        var name = $"user{Interlocked.Increment(ref _users)}";
        await client.SignUpAsync(name, Password);
        await client.SignInAsync(name, Password, "phone");
        return client;
    }

    /// <summary>Processes that have this cluster's folder or ports in their command line.</summary>
    internal IEnumerable<string> Processes() =>
        from folder in Directory.EnumerateDirectories("/proc")
        where int.TryParse(Path.GetFileName(folder), out var id) && id != Environment.ProcessId
        let command = CommandLine(folder)
        where command.Contains(State, StringComparison.Ordinal)
        select command;

    internal bool Listens(int offset)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, Port + offset);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await TryAsync("down", "--delete");
        if (Directory.Exists(State))
            Directory.Delete(State, recursive: true);
    }

    private static string CommandLine(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Twenty ports in a row that nobody uses, below those that the kernel gives out.</summary>
    private static int FreeBlock()
    {
        for (var first = 20_000 + (Environment.ProcessId % 100 * 100); first < 32_000; first += 20)
            if (Enumerable.Range(first, 20).All(IsFree))
                return first;
        throw new InvalidOperationException("No twenty free ports in a row below 32000.");
    }

    private static bool IsFree(int port)
    {
        using var probe = new TcpListener(IPAddress.Loopback, port);
        try
        {
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
