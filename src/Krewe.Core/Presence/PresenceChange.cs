using Krewe.Core.Addresses;

namespace Krewe.Core.Presence;

/// <summary>One device of a user changed, and what the user looks like as a whole since.</summary>
/// <param name="From">The user's bare address.</param>
/// <param name="Device">The device that changed.</param>
/// <param name="State">What that device says now.</param>
/// <param name="Overall">The most available device's state: what native clients see.</param>
[GenerateSerializer, Immutable, Alias("krewe.PresenceChange")]
public sealed record PresenceChange(
    [property: Id(0)] Jid From, [property: Id(1)] string Device, [property: Id(2)] PresenceState State, [property: Id(3)] PresenceState Overall)
{
    /// <summary>The silo that holds the user's grain: when it dies, nobody is left to say that the user went offline.</summary>
    [Id(4)] public SiloAddress? Core { get; init; }

    /// <summary>The first of all that there is to say: devices known before and not named again are gone.</summary>
    [Id(5)] public bool Snapshot { get; init; }
}
