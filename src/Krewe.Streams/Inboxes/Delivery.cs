using System.Collections.Immutable;
using Krewe.Core.Gateways;

namespace Krewe.Streams.Inboxes;

/// <summary>What the stream hands to this silo's gateway in one turn.</summary>
/// <param name="Suspects">The silos whose events may be missing; null stands for any.</param>
[GenerateSerializer, Immutable, Alias("krewe.streams.Delivery")]
internal sealed record Delivery(
    [property: Id(0)] ImmutableArray<GatewayEvent> Events, [property: Id(1)] ImmutableArray<SiloAddress?> Suspects)
{
    public static readonly Delivery Empty = new([], []);
}
