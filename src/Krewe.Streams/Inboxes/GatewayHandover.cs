using Krewe.Core.Gateways;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Krewe.Streams.Inboxes;

/// <summary>The last step: from the stream's consumer to the gateway on the same silo, one delivery at a time.</summary>
internal sealed partial class GatewayHandover(IServiceProvider services, GatewayStreamMetrics metrics, ILogger<GatewayHandover> logger)
{
    // Not by constructor: the gateway's own dependencies lead back to the silo, which is under construction then.
    private readonly Lazy<IGatewayInbox> _inbox = new(services.GetRequiredService<IGatewayInbox>, LazyThreadSafetyMode.PublicationOnly);

    public void Deliver(Delivery delivery)
    {
        if (!delivery.Events.IsEmpty) Receive(delivery.Events);
        foreach (var core in delivery.Suspects) GapSuspected(core);
    }

    private void Receive(IReadOnlyList<GatewayEvent> events)
    {
        try
        {
            _inbox.Value.Receive(events);
            metrics.Delivered(events.Count);
        }
        catch (Exception e)
        {
            LogReceiveFailed(e, events.Count);
            metrics.Suspected(Suspicion.Undelivered);
            GapSuspected(null);
        }
    }

    private void GapSuspected(SiloAddress? core)
    {
        LogGap(core?.ToString() ?? "any silo");
        try
        {
            _inbox.Value.GapSuspected(core);
        }
        catch (Exception e)
        {
            LogGapFailed(e);
        }
    }

    [LoggerMessage(LogLevel.Error, "The gateway threw on a batch of {Count} events; its sessions are told to read the mailboxes.")]
    private partial void LogReceiveFailed(Exception exception, int count);

    [LoggerMessage(LogLevel.Information, "Events from {Core} may be missing; the sessions compare with the mailboxes.")]
    private partial void LogGap(string core);

    [LoggerMessage(LogLevel.Error, "The gateway threw when it was told of a possible loss.")]
    private partial void LogGapFailed(Exception exception);
}
