namespace Krewe.Core.Mailboxes;

/// <summary>The bounds of a <see cref="GroupCommitWriter{T}"/>.</summary>
public sealed record GroupCommitOptions
{
    /// <summary>Rows in one commit; the last write that is taken may go beyond. Default: 1 000, where the cost of a flush is spread thin enough.</summary>
    public int MaxRows { get; init; } = 1_000;

    /// <summary>Writes that may wait before callers do. Default: 50 000.</summary>
    public int QueueLength { get; init; } = 50_000;

    /// <summary>The name of the writer's thread. Default: krewe-commit.</summary>
    public string ThreadName { get; init; } = "krewe-commit";
}
