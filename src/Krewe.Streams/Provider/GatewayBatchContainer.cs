using Krewe.Streams.Inboxes;
using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace Krewe.Streams.Provider;

/// <summary>One delivery as Orleans' stream framework wants it.</summary>
[GenerateSerializer, Immutable, Alias("krewe.streams.GatewayBatchContainer")]
internal sealed class GatewayBatchContainer(StreamId streamId, long number, Delivery delivery) : IBatchContainer
{
    [Id(0)] public StreamId StreamId { get; } = streamId;

    [Id(1)] public Delivery Delivery { get; } = delivery;

    [Id(2)] public StreamSequenceToken SequenceToken { get; } = new EventSequenceTokenV2(number);

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>() => [Tuple.Create((T)(object)Delivery, SequenceToken)];

    public bool ImportRequestContext() => false;
}
