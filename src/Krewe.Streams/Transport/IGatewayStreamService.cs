using Orleans.Services;

namespace Krewe.Streams.Transport;

/// <summary>The receiving end on every silo. A grain service is reached by its silo's address alone: no directory, no activation.</summary>
[Alias("krewe.streams.IGatewayStreamService")]
internal interface IGatewayStreamService : IGrainService
{
    /// <summary>Hands a batch over. False: the gateway is full, the same batch should be sent again.</summary>
    [Alias("Push")]
    ValueTask<bool> PushAsync(EventBatch batch);

    /// <summary>Tells the number of the last batch that was sent.</summary>
    [Alias("Heartbeat")]
    ValueTask HeartbeatAsync(SiloAddress core, long number);
}
