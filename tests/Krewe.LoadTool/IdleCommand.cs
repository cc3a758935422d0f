using System.CommandLine;
using Krewe.Client;
using Spectre.Console;

namespace Krewe.LoadTool;

/// <summary><c>idle</c>: opens many WebSockets that do nothing and says what each costs the server.</summary>
internal static class IdleCommand
{
    public static Command Create()
    {
        var server = CommonOptions.Server();
        var pid = CommonOptions.Pids();
        var connections = CommonOptions.Number("--connections", 5000, 1, 100_000, "WebSockets to open.");
        var perUser = CommonOptions.Number("--per-user", 10, 1, 32, "WebSockets of one user.");
        var seconds = CommonOptions.Number("--seconds", 15, 1, 3600, "How long to stay idle while CPU is measured.");
        var command = new Command("idle", "Idle WebSockets: memory and CPU of each.") { server, pid, connections, perUser, seconds };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(server)!, new ServerProbe(parsed.GetValue(pid) ?? []), parsed.GetValue(connections), parsed.GetValue(perUser), parsed.GetValue(seconds), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Uri server, ServerProbe probe, int connections, int perUser, int seconds, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(handler);
        var users = (connections + perUser - 1) / perUser;
        var tokens = new Token[users];
        var open = new LoadUser?[connections];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken };
        var before = 0L;
        await AnsiConsole.Progress().StartAsync(async progress =>
        {
            var run = Guid.NewGuid().ToString("N")[..8];
            var signUp = progress.AddTask("signing up", maxValue: users);
            var connect = progress.AddTask("connecting", maxValue: connections);
            await Parallel.ForAsync(0, users, parallel, async (i, token) =>
            {
                using var client = new KreweClient(server, new KreweClientOptions { Handler = handler });
                tokens[i] = await LoadUser.SignUpAsync(client, $"idle-{run}-{i}", token);
                signUp.Increment(1);
            });
            before = probe.ResidentBytes;
            await Parallel.ForAsync(0, connections, parallel, async (i, token) =>
            {
                open[i] = await LoadUser.ConnectAsync(server, tokens[i / perUser], invoker, token);
                open[i]!.Start();
                connect.Increment(1);
            });
        });
        await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
        probe.Start();
        await Task.Delay(TimeSpan.FromSeconds(seconds), cancellationToken);
        var table = new Table().AddColumns("figure", "value");
        table.AddRow("connections, users", $"{connections:N0}, {users:N0}");
        if (probe.Available)
        {
            table.AddRow("server memory before, after", $"{before / 1048576.0:N0} MiB, {probe.ResidentBytes / 1048576.0:N0} MiB");
            table.AddRow("memory a connection", $"{(probe.ResidentBytes - before) / 1024.0 / connections:N1} KiB");
            table.AddRow("CPU a connection and second", $"{probe.Cpu.TotalMicroseconds / connections / seconds:N2} µs");
        }
        AnsiConsole.Write(table);
        foreach (var user in open) await user!.DisposeAsync();
        return 0;
    }
}
