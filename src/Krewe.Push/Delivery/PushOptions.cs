using System.ComponentModel.DataAnnotations;

namespace Krewe.Push.Delivery;

/// <summary>How pushes are sent, <c>Krewe:Push</c>; when, says <see cref="Core.Push.PushPolicyOptions"/>.</summary>
public sealed class PushOptions
{
    /// <summary>Requests a second to one push service, as a long-term rate. Default: 5 000.</summary>
    [Range(1, 1_000_000)] public double Rate { get; set; } = 5_000;

    /// <summary>Requests under way at one push service. Default: 256.</summary>
    [Range(1, 10_000)] public int Concurrency { get; set; } = 256;

    /// <summary>The longest wait between two attempts at one device. Default: 45 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")] public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>How long a lane that the operator must mend rests before it tries one push. Default: 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")] public TimeSpan BrokenLaneRest { get; set; } = TimeSpan.FromMinutes(1);
}
