using System.Globalization;
using System.Text;
using Krewe.Checker.Histories;
using Krewe.Checker.Nemeses;
using Krewe.Checker.Verification;

namespace Krewe.Checker.Runs;

/// <summary>A fault of the run, and what it cost.</summary>
/// <param name="Took">Until it was undone: a killed silo serves again, a stopped one was woken.</param>
/// <param name="FlowBack">Until everybody sent and got something new.</param>
internal sealed record FaultRecord(string Name, TimeSpan Took, TimeSpan? FlowBack, FlowCounts From)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name,-18} took {Took.TotalSeconds,5:0.0} s, messages of all flowed again {(FlowBack is { } back ? $"{back.TotalSeconds:0.0} s" : "never")} after its {(From == FlowCounts.FromBegin ? "begin" : "end")}");
}

/// <summary>What came of a run.</summary>
internal sealed record RunReport(
    IReadOnlyList<Entry> Entries, IReadOnlyList<Violation> Violations, IReadOnlyList<FaultRecord> Faults, int UnexpectedEnds, TimeSpan Took, string Folder)
{
    // One fault breaks many promises many times.
    private const int ShownOfRule = 2, EvidenceShown = 30;

    public override string ToString()
    {
        var text = new StringBuilder();
        var acked = Entries.OfType<SendAcked>().Select(sent => (sent.User, sent.Id)).Distinct().Count();
        var sent = Entries.OfType<SendInvoked>().ToList();
        text.AppendLine(CultureInfo.InvariantCulture, $"operations  {Entries.Count} in the history, {Took.TotalSeconds:0} s");
        text.AppendLine(CultureInfo.InvariantCulture, $"sent        {sent.Select(send => (send.User, send.Id)).Distinct().Count()} messages in {sent.Count} attempts, of which {Entries.OfType<SendUnknown>().Count()} had no answer");
        text.AppendLine(CultureInfo.InvariantCulture, $"acked       {acked}; {Entries.OfType<SendRefused>().Count()} attempts were refused, as they were to be");
        text.AppendLine(CultureInfo.InvariantCulture, $"received    {Entries.OfType<Received>().Count()} items in {Entries.OfType<SessionOpened>().Count()} sessions: {Transports()}");
        text.AppendLine(CultureInfo.InvariantCulture, $"besides     {Entries.OfType<AckInvoked>().Count()} acks, {Entries.OfType<HistoryRead>().Count()} pages of history, {Entries.OfType<LastTold>().Count()} looks at the newest seq");
        text.AppendLine(CultureInfo.InvariantCulture, $"silos       {UnexpectedEnds} ended by themselves and were started again");
        foreach (var fault in Faults) text.AppendLine(CultureInfo.InvariantCulture, $"fault       {fault}");
        foreach (var violation in Violations.GroupBy(violation => violation.Rule).SelectMany(rule => rule.Take(ShownOfRule)))
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"VIOLATION   {violation}");
            foreach (var entry in violation.Evidence.Take(EvidenceShown)) text.AppendLine(CultureInfo.InvariantCulture, $"    {HistoryFile.Line(entry)}");
            if (violation.Evidence.Count > EvidenceShown) text.AppendLine(CultureInfo.InvariantCulture, $"    … and {violation.Evidence.Count - EvidenceShown} more");
        }
        text.AppendLine(Violations.Count == 0 ? "verdict     no violation" : string.Create(CultureInfo.InvariantCulture, $"verdict     {Violations.Count} violations: {Rules()}; history and logs are in {Folder}"));
        return text.ToString();
    }

    private string Transports() => string.Join(", ", Entries.OfType<SessionOpened>().GroupBy(opened => opened.Transport).OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.Key}"));

    private string Rules() => string.Join(", ", Violations.GroupBy(violation => violation.Rule).Select(group => $"{group.Count()} {group.Key}"));
}
