namespace Krewe.Core.Gateways;

/// <summary>The way from a grain to the gateways.</summary>
public interface IGatewayPublisher
{
    /// <summary>Puts an event on a gateway's stream. Never blocks, never throws: a full or broken way loses the event, and the mailbox has the rest.</summary>
    void Publish(SiloAddress gateway, GatewayEvent gatewayEvent);
}
