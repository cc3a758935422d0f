using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Administration;

namespace Krewe.Grains.Administration;

/// <summary>What is kept of broadcasts, the newest first.</summary>
[GenerateSerializer, Alias("krewe.BroadcastsState")]
internal sealed class BroadcastsState
{
    public const int Kept = 20;

    [Id(0)] public List<BroadcastRecord> Records { get; set; } = [];
}

/// <summary>Whom the running one goes to, if that is not everybody; kept apart because it is large and does not change.</summary>
[GenerateSerializer, Alias("krewe.BroadcastAudienceState")]
internal sealed class BroadcastAudienceState
{
    [Id(0)] public string BroadcastId { get; set; } = "";

    /// <summary>In the order of their addresses.</summary>
    [Id(1)] public ImmutableArray<Jid> Users { get; set; } = [];
}

/// <summary>One broadcast and how far it is.</summary>
[GenerateSerializer, Alias("krewe.BroadcastRecord")]
internal sealed class BroadcastRecord
{
    [Id(0)] public required BroadcastOrder Order { get; set; }
    [Id(1)] public BroadcastState State { get; set; } = BroadcastState.Running;
    [Id(2)] public DateTimeOffset Begun { get; set; }
    [Id(3)] public DateTimeOffset? Ended { get; set; }
    [Id(4)] public int? Audience { get; set; }

    /// <summary>Everybody up to here is done with. What came after it when the silo died is done again, and known in the mailboxes.</summary>
    [Id(5)] public Jid? Cursor { get; set; }

    [Id(6)] public long Reached { get; set; }
    [Id(7)] public long PassedOver { get; set; }
    [Id(8)] public long Failed { get; set; }

    public BroadcastReport Report() => new(Order, State, Begun, Ended, Audience, Reached, PassedOver, Failed);

    public void End(BroadcastState state, DateTimeOffset now) => (State, Ended) = (state, now);
}
