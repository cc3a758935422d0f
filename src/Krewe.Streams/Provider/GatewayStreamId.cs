using Krewe.Core;
using Orleans.Streams;

namespace Krewe.Streams.Provider;

/// <summary>The names of a gateway's stream and queue. They contain the silo's generation: a restarted gateway never gets its predecessor's events.</summary>
internal static class GatewayStreamId
{
    public static StreamId Of(SiloAddress gateway) => StreamId.Create(KreweDefaults.GatewayStreams, gateway.ToParsableString());

    public static SiloAddress GatewayOf(StreamId stream) => SiloAddress.FromParsableString(stream.GetKeyAsString());

    public static QueueId QueueOf(SiloAddress gateway)
    {
        var hash = (uint)gateway.GetConsistentHashCode();
        return QueueId.GetQueueId(KreweDefaults.GatewayStreams, hash, hash);
    }
}
