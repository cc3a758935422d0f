using System.Globalization;
using Krewe.Client;

namespace Krewe.Deploy.Tests.Local;

/// <summary>deploy/local/cluster.sh, as a person uses it.</summary>
[Collection(LocalClusterGroup.Name)]
public sealed class ClusterScriptTests(LocalCluster cluster)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Messages_go_on_over_a_killed_core_and_a_drained_gateway_and_nothing_is_left_at_the_end()
    {
        await cluster.UpAsync();
        using var romeo = await cluster.SignUpAsync(cluster.Clients);
        using var juliet = await cluster.SignUpAsync(cluster.Clients);
        var mail = juliet.CreateReader().GetAsyncEnumerator();
        var replies = romeo.CreateReader().GetAsyncEnumerator();
        await ExchangeAsync("hello");
        // Two clients by the same address, and each gateway has one: HAProxy counts connections.
        Assert.Equal((1, 1), (await SessionsAsync(1), await SessionsAsync(2)));

        await cluster.RunAsync("kill", "core-1");
        Assert.Equal(1, (await cluster.TryAsync("status")).ExitCode);
        await ExchangeAsync("with one core");
        Assert.Contains("core-1 is ready", await cluster.RunAsync("start", "core-1"), StringComparison.Ordinal);
        await cluster.RunAsync("drain", "gateway-1");
        await ExchangeAsync("with one gateway");
        // What is missing is started, and what runs is left alone.
        var before = Running(await StatusAsync());
        await cluster.RunAsync("up");
        var after = await StatusAsync();
        Assert.All(after, line => Assert.Equal("ready", line[1]));
        Assert.Equal(LocalCluster.Names, after.Select(line => line[0]));
        Assert.Empty(before.Except(Running(after)));
        await mail.DisposeAsync();
        await replies.DisposeAsync();

        await cluster.RunAsync("down");
        Assert.Equal(3, (await cluster.TryAsync("status")).ExitCode);
        Assert.Empty(cluster.Processes());
        Assert.DoesNotContain(Enumerable.Range(0, 20), cluster.Listens);
        await cluster.RunAsync("down", "--delete");
        Assert.False(Directory.Exists(cluster.State));

        async Task ExchangeAsync(string body)
        {
            await romeo.SendAsync(juliet.Address, body);
            Assert.Equal(body, await NextAsync(mail, romeo.Address));
            await juliet.SendAsync(romeo.Address, body);
            Assert.Equal(body, await NextAsync(replies, juliet.Address));
        }
    }

    [Fact]
    public async Task What_cannot_be_done_is_said()
    {
        await cluster.UpAsync();

        Assert.Contains("there is no 'nobody'", (await cluster.TryAsync("kill", "nobody")).Errors, StringComparison.Ordinal);
        Assert.Contains("no signal 'NONE'", (await cluster.TryAsync("kill", "core-1", "NONE")).Errors, StringComparison.Ordinal);
        Assert.Contains($"the cluster runs on port {cluster.Port}", (await cluster.TryAsync("up", "--port", "9")).Errors, StringComparison.Ordinal);
        Assert.Contains("unknown option --fast", (await cluster.TryAsync("up", "--fast")).Errors, StringComparison.Ordinal);
        var usage = await cluster.TryAsync();
        Assert.Equal(2, usage.ExitCode);
        Assert.StartsWith("A whole cluster on this machine", usage.Output, StringComparison.Ordinal);
        Assert.Contains(" runs already", await cluster.RunAsync("start", "postgres"), StringComparison.Ordinal);
        // A process id that another program has by now is not the cluster's.
        await File.WriteAllTextAsync(Path.Combine(cluster.State, "run", "other"), $"{Environment.ProcessId} 1");
        await cluster.RunAsync("logs", "core-2");
    }

    [Fact]
    public async Task A_port_in_use_is_named_and_a_stale_process_id_harms_nobody()
    {
        await cluster.UpAsync();
        await cluster.RunAsync("drain", "haproxy");
        using (var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, cluster.Port))
        {
            other.Start();
            // This very test, had it the cluster's word for it.
            await File.WriteAllTextAsync(Path.Combine(cluster.State, "run", "haproxy"), string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} 1\n"));
            Assert.Contains("haproxy does not run", (await cluster.TryAsync("kill", "haproxy")).Errors, StringComparison.Ordinal);
            var refused = await cluster.TryAsync("up");
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains($"HAProxy needs port {cluster.Port}, and another program listens there", refused.Errors, StringComparison.Ordinal);
        }
        await cluster.RunAsync("up");
    }

    [Fact]
    public async Task The_script_is_clean()
    {
        Tool.Need("shellcheck");
        (await Tool.RunAsync("shellcheck", [Tool.File("deploy", "local", "cluster.sh")])).Good();
    }

    private async Task<string[][]> StatusAsync() =>
        [.. (await cluster.TryAsync("status")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    private static IEnumerable<string> Running(string[][] status) => status.Where(line => line[1] == "ready").Select(line => $"{line[0]} {line[2]}");

    private async Task<int> SessionsAsync(int gateway)
    {
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri(cluster.GatewayAdmin(gateway), "metrics"));
        return metrics.Split('\n').Where(line => line.StartsWith("krewe_gateway_sessions{", StringComparison.Ordinal) && line.Contains("websocket", StringComparison.Ordinal))
            .Sum(line => int.Parse(line[line.IndexOf("} ", StringComparison.Ordinal)..].Split(' ')[1], CultureInfo.InvariantCulture));
    }

    private static async Task<string?> NextAsync(IAsyncEnumerator<Item> items, string from)
    {
        while (await items.MoveNextAsync().AsTask().WaitAsync(Patience))
            if (items.Current is { Body: { } body } item && item.From == from)
                return body;
        return null;
    }
}
