using Krewe.Core.Addresses;

namespace Krewe.Storage.Embedded.Mailboxes;

/// <summary>Raises the alarm for rows whose bytes are not those that were written: once in the log, each time in the metric.</summary>
internal sealed partial class DamageLog(EmbeddedStorageMetrics metrics, ILogger logger)
{
    // Enough to see what is wrong; a store with more damage than this needs its backup, not more lines.
    private const int MaxReported = 1_000;

    private readonly Lock _lock = new();
    private readonly HashSet<(Jid, string)> _reported = [];

    public void Report(Jid owner, long seq) => Report(owner, $"item {seq}");

    public void Report(Jid owner, string what)
    {
        metrics.RowDamaged();
        lock (_lock)
        {
            if (_reported.Count >= MaxReported || !_reported.Add((owner, what)))
            {
                return;
            }
        }
        LogDamaged(owner, what);
    }

    public void ReportGrainState(string stateName, string grainId)
    {
        metrics.RowDamaged();
        LogGrainStateDamaged(stateName, grainId);
    }

    [LoggerMessage(1, LogLevel.Error, "Damaged on disk in the mailbox of {Owner}: {What}. It is not served; check the disk, and restore a backup if it matters.")]
    private partial void LogDamaged(Jid owner, string what);

    [LoggerMessage(2, LogLevel.Error, "The state {StateName} of grain {GrainId} is damaged on disk; restore a backup.")]
    private partial void LogGrainStateDamaged(string stateName, string grainId);
}
