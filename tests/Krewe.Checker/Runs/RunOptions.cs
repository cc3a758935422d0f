using Krewe.Checker.Cluster;

namespace Krewe.Checker.Runs;

/// <summary>What a run does.</summary>
internal sealed record RunOptions
{
    public required ClusterLayout Layout { get; init; }

    /// <summary>Faults by name. With <see cref="Length"/> they are drawn from at random, without it each comes once, in order.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    public TimeSpan? Length { get; init; }

    public int Seed { get; init; } = 1;

    public int Users { get; init; } = 6;

    /// <summary>Between two messages of one user, about.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(80);

    /// <summary>Where history and logs go.</summary>
    public required string Folder { get; init; }
}
