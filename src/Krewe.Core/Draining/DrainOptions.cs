using System.ComponentModel.DataAnnotations;

namespace Krewe.Core.Draining;

/// <summary>How a silo leaves, <c>Krewe:Cluster</c>.</summary>
public sealed class DrainOptions
{
    /// <summary>How long a silo that drains goes on as before while it already says that it is not ready, so that load balancers notice first. Default: 0 s; clients that are told to come back find another silo by themselves.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")] public TimeSpan DrainDelay { get; set; }

    /// <summary>How long a silo that drains waits for its clients to end, for what is under way to be acknowledged, and for its users to move. Default: 4 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")] public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>The time over which the clients of a silo that drains are told to come back, at random. Default: none; then 2 s, and with more than 1 000 clients as long as they take at 500 a second, 30 s at most.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:30:00")] public TimeSpan? DrainSpread { get; set; }
}
