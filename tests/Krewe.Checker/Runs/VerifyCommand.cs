using System.CommandLine;
using Krewe.Checker.Histories;
using Krewe.Checker.Verification;

namespace Krewe.Checker.Runs;

/// <summary><c>verify</c>: judges a history that was kept.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "The folder of a run." };
        var command = new Command("verify", "Verifies the history of an earlier run once more.") { folder };
        command.SetAction(arguments =>
        {
            var path = arguments.GetValue(folder)!;
            var entries = HistoryFile.Read(Path.Combine(path, HistoryFile.Name));
            var report = new RunReport(entries, Verifier.Verify(entries), [], 0, entries[^1].At, path);
            Console.Write(report);
            return report.Violations.Count > 0 ? 1 : 0;
        });
        return command;
    }
}
