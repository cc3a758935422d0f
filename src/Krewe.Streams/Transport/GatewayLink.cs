using Krewe.Streams.Faults;
using Krewe.Streams.Inboxes;

namespace Krewe.Streams.Transport;

/// <summary>The way from this silo to one gateway.</summary>
internal interface IGatewayLink
{
    /// <inheritdoc cref="IGatewayStreamService.PushAsync"/>
    ValueTask<bool> PushAsync(EventBatch batch);

    /// <inheritdoc cref="IGatewayStreamService.HeartbeatAsync"/>
    ValueTask HeartbeatAsync(SiloAddress core, long number);
}

/// <summary>To another silo, by one call.</summary>
internal sealed class RemoteLink(IGatewayStreamService service) : IGatewayLink
{
    public ValueTask<bool> PushAsync(EventBatch batch) => service.PushAsync(batch);

    public ValueTask HeartbeatAsync(SiloAddress core, long number) => service.HeartbeatAsync(core, number);
}

/// <summary>To the gateway on this silo: no call, no serialisation.</summary>
internal sealed class LocalLink(InboundQueue inbound) : IGatewayLink
{
    public ValueTask<bool> PushAsync(EventBatch batch) => inbound.PushAsync(batch);

    public ValueTask HeartbeatAsync(SiloAddress core, long number)
    {
        inbound.Heartbeat(core, number);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A link that a test may cut: what is sent meanwhile seems to have arrived.</summary>
internal sealed class CuttableLink(IGatewayLink link, SiloAddress gateway, IGatewayStreamFaults faults) : IGatewayLink
{
    public ValueTask<bool> PushAsync(EventBatch batch) =>
        faults.IsCut(batch.Core, gateway) ? ValueTask.FromResult(true) : link.PushAsync(batch);

    public ValueTask HeartbeatAsync(SiloAddress core, long number) =>
        faults.IsCut(core, gateway) ? ValueTask.CompletedTask : link.HeartbeatAsync(core, number);
}
