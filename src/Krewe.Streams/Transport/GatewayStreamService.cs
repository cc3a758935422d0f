using Krewe.Streams.Inboxes;
using Microsoft.Extensions.Logging;

namespace Krewe.Streams.Transport;

internal sealed class GatewayStreamService(GrainId id, Silo silo, ILoggerFactory loggers, InboundQueue inbound)
    : GrainService(id, silo, loggers), IGatewayStreamService
{
    public ValueTask<bool> PushAsync(EventBatch batch) => inbound.PushAsync(batch);

    public ValueTask HeartbeatAsync(SiloAddress core, long number)
    {
        inbound.Heartbeat(core, number);
        return ValueTask.CompletedTask;
    }
}
