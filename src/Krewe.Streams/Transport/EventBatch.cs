using System.Collections.Immutable;
using Krewe.Core.Gateways;

namespace Krewe.Streams.Transport;

/// <summary>What crosses the network in one call.</summary>
/// <param name="Core">The silo that sends.</param>
/// <param name="Number">1, 2, 3 … for each pair of silos; a number left out tells the gateway of a loss.</param>
[GenerateSerializer, Immutable, Alias("krewe.streams.EventBatch")]
internal sealed record EventBatch(
    [property: Id(0)] SiloAddress Core, [property: Id(1)] long Number, [property: Id(2)] ImmutableArray<GatewayEvent> Events);
