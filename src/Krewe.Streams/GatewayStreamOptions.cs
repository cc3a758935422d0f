using System.ComponentModel.DataAnnotations;

namespace Krewe.Streams;

/// <summary>The way from the user grains to the gateways, <c>Krewe:Streams</c>. Bounds are for each pair of silos unless they say otherwise.</summary>
public sealed class GatewayStreamOptions
{
    /// <summary>Events that wait in a silo for one gateway; further ones are lost, and the gateway reads the mailboxes instead. Default: 50 000.</summary>
    [Range(100, 10_000_000)] public int OutboxEvents { get; set; } = 50_000;

    /// <summary>The same bound in bytes, roughly. Default: 67 108 864.</summary>
    [Range(1 << 20, 4L << 30)] public long OutboxBytes { get; set; } = 64 << 20;

    /// <summary>Presence and typing events that wait in a silo for one gateway; a further one takes the place of the oldest. Default: 4 096.</summary>
    [Range(16, 1_000_000)] public int EphemeralEvents { get; set; } = 4_096;

    /// <summary>Events in one call to a gateway. Default: 500, where a larger batch no longer gained throughput.</summary>
    [Range(1, 10_000)] public int BatchEvents { get; set; } = 500;

    /// <summary>Bytes in one call to a gateway, roughly, but at least one event. Default: 1 048 576.</summary>
    [Range(65_536, 16 << 20)] public int BatchBytes { get; set; } = 1 << 20;

    /// <summary>Events that wait on a gateway for its sessions, from all silos together; then the silos wait. Default: 50 000.</summary>
    [Range(100, 10_000_000)] public int InboxEvents { get; set; } = 50_000;

    /// <summary>The same bound in bytes, roughly. Default: 67 108 864.</summary>
    [Range(1 << 20, 4L << 30)] public long InboxBytes { get; set; } = 64 << 20;

    /// <summary>Events that a gateway hands to its sessions in one turn. Default: 2 000.</summary>
    [Range(1, 100_000)] public int DeliveryEvents { get; set; } = 2_000;

    /// <summary>How often an idle silo tells a gateway how many batches it has sent, so that the loss of the last one shows. Default: 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")] public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a full gateway keeps a silo's call waiting before it asks it to come again. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:20")] public TimeSpan FullInboxWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The pause after a failed call to a gateway; doubled after each further one. Default: 50 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")] public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest such pause. Default: 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")] public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a failing gateway that no membership table knows is tried before its outbox is dropped. Default: 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")] public TimeSpan UnknownGatewayPatience { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a stopping silo tries to get rid of what waits in its outboxes. Default: 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")] public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromMilliseconds(500);
}
