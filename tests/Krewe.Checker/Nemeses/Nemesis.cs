using Krewe.Checker.Cluster;

namespace Krewe.Checker.Nemeses;

/// <summary>Something bad that happens to a cluster, under a name.</summary>
/// <param name="Strike">Does it and undoes it.</param>
/// <param name="FlowCountsFrom">From when on messages are expected to flow again.</param>
internal sealed record Nemesis(string Name, string What, Func<ClusterUnderTest, Random, Task> Strike, FlowCounts FlowCountsFrom = FlowCounts.FromBegin)
{
    public bool NeedsNetwork { get; init; }

    public bool NeedsStreams { get; init; }
}

internal enum FlowCounts
{
    FromBegin,
    FromEnd,
}
