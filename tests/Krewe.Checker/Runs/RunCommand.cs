using System.CommandLine;
using Krewe.Checker.Cluster;
using Krewe.Checker.Nemeses;

namespace Krewe.Checker.Runs;

/// <summary><c>run</c>: the exit code is 1 if a promise was broken.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var minutes = new Option<double?>("--minutes") { Description = "Draw faults at random for so long. Without it each fault comes once, in the order given." };
        var seed = new Option<int>("--seed") { Description = "Makes the choices the same in every run, as far as processes allow.", DefaultValueFactory = _ => 1 };
        var faults = new Option<string>("--faults") { Description = "Names with commas, see the faults command; 'short' is the plan of the short run, 'all' is everything.", DefaultValueFactory = _ => "short" };
        var users = new Option<int>("--users") { Description = "3 to 12.", DefaultValueFactory = _ => 6 };
        var layout = new Option<string>("--layout") { Description = "split: two core silos and two gateways; both: three silos that do both.", DefaultValueFactory = _ => "split" };
        var folder = new Option<string?>("--folder") { Description = "Where the history and the logs go. Default: a new temporary folder, which goes if nothing was wrong." };
        var command = new Command("run", "Starts a cluster, strikes it with faults and verifies the history.") { minutes, seed, faults, users, layout, folder };
        command.SetAction(async arguments =>
        {
            var kept = arguments.GetValue(folder);
            var report = await new Run(
                new RunOptions
                {
                    Length = arguments.GetValue(minutes) is { } length ? TimeSpan.FromMinutes(length) : null,
                    Seed = arguments.GetValue(seed),
                    Faults = Names(arguments.GetValue(faults)!),
                    Users = arguments.GetValue(users),
                    Layout = ClusterLayout.Named(arguments.GetValue(layout)!),
                    Folder = kept ?? Directory.CreateTempSubdirectory("krewe-checker-").FullName,
                },
                Console.WriteLine).ExecuteAsync();
            Console.Write(report);
            if (report.Violations.Count > 0) return 1;
            if (kept is null) Directory.Delete(report.Folder, recursive: true);
            return 0;
        });
        return command;
    }

    private static IReadOnlyList<string> Names(string faults) => faults switch
    {
        "short" => NemesisTable.Short,
        "all" => [.. NemesisTable.All.Select(nemesis => nemesis.Name)],
        _ => faults.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
    };
}
