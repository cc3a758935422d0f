using System.ComponentModel.DataAnnotations;

namespace Krewe.Core.Push;

/// <summary>When a device is pushed, <c>Krewe:Push</c>.</summary>
public sealed class PushPolicyOptions
{
    /// <summary>How long an unacknowledged message waits for a session before the device is pushed. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")] public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long after an ack a session counts as in use, so that other devices are not disturbed; one that says away or xa never does. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")] public TimeSpan ActiveFor { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After this time without success a push is given up; the mailbox has the message anyway. Default: 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "28.00:00:00")] public TimeSpan Expiry { get; set; } = TimeSpan.FromDays(7);
}
