using System.Diagnostics;
using System.Net;

namespace Krewe.Checker.Cluster;

/// <summary>A network namespace a silo, joined by a bridge, so that the network between two silos can be cut. Needs root and <c>ip</c>.</summary>
internal sealed class Namespaces : IAsyncDisposable
{
    private readonly string _name = $"kc{Environment.ProcessId % 100_000}";
    private readonly int _count;
    private readonly byte _subnet;

    private Namespaces(int count) => (_count, _subnet) = (count, (byte)(1 + (Environment.ProcessId % 250)));

    /// <summary>The bridge has the first address, for clients and the database.</summary>
    public IPNetwork Addresses => new(new IPAddress([10, 83, _subnet, 0]), 24);

    /// <summary>Null, with the reason, where it is not possible.</summary>
    public static async Task<(Namespaces? Network, string? Why)> TryCreateAsync(int count)
    {
        if (Environment.UserName != "root") return (null, "a network cut needs root");
        var network = new Namespaces(count);
        try
        {
            await network.CreateAsync();
            return (network, null);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            await network.DisposeAsync();
            return (null, error.Message);
        }
    }

    public IPAddress AddressOf(int index) => new([10, 83, _subnet, (byte)(10 + index)]);

    public IReadOnlyList<string> Launcher(int index) => ["ip", "netns", "exec", Name(index)];

    /// <summary>From now on nothing goes between the two, and neither is told: what one sends to the other goes to a card that nobody has.</summary>
    public async Task CutAsync(int one, int other)
    {
        foreach (var (from, to) in new[] { (one, other), (other, one) })
            await RunAsync("-n", Name(from), "neigh", "replace", AddressOf(to).ToString(), "lladdr", "02:00:00:00:00:fe", "nud", "permanent", "dev", "eth0");
    }

    public async Task HealAsync(int one, int other)
    {
        foreach (var (from, to) in new[] { (one, other), (other, one) })
            await RunAsync("-n", Name(from), "neigh", "del", AddressOf(to).ToString(), "dev", "eth0");
    }

    public async ValueTask DisposeAsync()
    {
        for (var index = 0; index < _count; index++) await TryRunAsync("netns", "del", Name(index));
        await TryRunAsync("link", "del", _name);
    }

    private string Name(int index) => $"{_name}-{index}";

    private async Task CreateAsync()
    {
        await RunAsync("link", "add", _name, "type", "bridge");
        await RunAsync("addr", "add", $"10.83.{_subnet}.1/24", "dev", _name);
        await RunAsync("link", "set", _name, "up");
        for (var index = 0; index < _count; index++)
        {
            var (space, cable) = (Name(index), $"{_name}v{index}");
            await RunAsync("netns", "add", space);
            await RunAsync("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", space);
            await RunAsync("link", "set", cable, "master", _name, "up");
            await RunAsync("-n", space, "addr", "add", $"{AddressOf(index)}/24", "dev", "eth0");
            await RunAsync("-n", space, "link", "set", "eth0", "up");
            await RunAsync("-n", space, "link", "set", "lo", "up");
        }
    }

    private static async Task TryRunAsync(params string[] arguments)
    {
        try
        {
            await RunAsync(arguments);
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It was never made.
        }
    }

    private static async Task RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {errors.Trim()}");
    }
}
