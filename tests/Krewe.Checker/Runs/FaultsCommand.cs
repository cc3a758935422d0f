using System.CommandLine;
using Krewe.Checker.Nemeses;

namespace Krewe.Checker.Runs;

/// <summary><c>faults</c>: what may happen.</summary>
internal static class FaultsCommand
{
    public static Command Create()
    {
        var command = new Command("faults", "Lists the faults.");
        command.SetAction(_ =>
        {
            foreach (var nemesis in NemesisTable.All) Console.WriteLine($"{nemesis.Name,-20} {nemesis.What}{(nemesis.NeedsNetwork ? " (needs root)" : "")}");
        });
        return command;
    }
}
