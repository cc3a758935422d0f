using Krewe.Checker.Cluster;
using Krewe.Checker.Nemeses;
using Krewe.Checker.Runs;
using Krewe.ProcessHarness;

namespace Krewe.Checker.Tests;

/// <summary>Real silos on a real PostgreSQL are killed, frozen and restarted under clients on all transports.</summary>
public sealed class ShortRunTests
{
    // tests/run.sh shows the summary; after a violation the history and the logs stay.
    private static readonly string Folder = Path.Combine(ServerBinary.RepositoryRoot, "artifacts", "checker");

    [Fact]
    public async Task Through_kills_freezes_and_restarts_nothing_acknowledged_is_lost_repeated_or_reordered()
    {
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        var lines = new List<string>();
        // On two processors the silos have enough to do with being started.
        var options = new RunOptions { Layout = ClusterLayout.Split, Faults = NemesisTable.Short, Pace = TimeSpan.FromMilliseconds(200), Folder = Folder };
        var report = await new Run(options, lines.Add).ExecuteAsync();
        await File.WriteAllTextAsync(Path.Combine(Folder, "summary.txt"), $"{string.Join('\n', lines)}\n{report}");

        Assert.True(report.Violations.Count == 0, report.ToString());
        Assert.Equal(NemesisTable.Short, report.Faults.Skip(1).Select(fault => fault.Name));
    }
}
