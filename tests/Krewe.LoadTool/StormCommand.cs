using System.CommandLine;

namespace Krewe.LoadTool;

/// <summary><c>storm</c>: many clients lose their connections at the same moment and come back at once, while two innocent people go on talking.</summary>
internal static class StormCommand
{
    public static Command Create()
    {
        var server = CommonOptions.Server();
        var pid = CommonOptions.Pids();
        var clients = CommonOptions.Number("--clients", 5000, 1, 100_000, "Clients that come back at once.");
        var perUser = CommonOptions.Number("--per-user", 5, 1, 32, "Clients of one user.");
        var patience = CommonOptions.Number("--patience", 120, 1, 3600, "Seconds after which who is not back counts as dropped.");
        var command = new Command("storm", "Clients that all come back at once: how long until all are, and what an innocent pair feels.") { server, pid, clients, perUser, patience };
        command.SetAction((parsed, cancellationToken) => new StormRun
        {
            Server = parsed.GetValue(server)!,
            Probe = new ServerProbe(parsed.GetValue(pid) ?? []),
            Clients = parsed.GetValue(clients),
            PerUser = parsed.GetValue(perUser),
            Patience = TimeSpan.FromSeconds(parsed.GetValue(patience)),
        }.RunAsync(cancellationToken));
        return command;
    }
}
