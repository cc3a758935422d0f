using System.Collections.Immutable;

namespace Krewe.Core.Presence;

/// <summary>What one device says of itself.</summary>
[GenerateSerializer, Immutable, Alias("krewe.PresenceState")]
public sealed record PresenceState
{
    public static readonly PresenceState Available = new() { Show = Show.Available };
    public static readonly PresenceState Offline = new() { Show = Show.Offline };

    [Id(0)] public required Show Show { get; init; }

    [Id(1)] public string? Status { get; init; }

    /// <summary>-128 to 127 (RFC 6121, section 4.7.2.3).</summary>
    [Id(2)] public sbyte Priority { get; init; }

    /// <summary>XMPP child elements that cross unchanged (capabilities, avatar hash).</summary>
    [Id(3)] public ImmutableArray<byte> Extensions { get; init; } = [];
}
