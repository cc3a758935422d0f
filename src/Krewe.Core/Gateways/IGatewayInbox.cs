namespace Krewe.Core.Gateways;

/// <summary>The way from a gateway's stream to its sessions; implemented by the gateway, called by the stream's consumer on the same silo.</summary>
public interface IGatewayInbox
{
    /// <summary>Takes a batch in stream order. Must not wait for clients.</summary>
    void Receive(IReadOnlyList<GatewayEvent> batch);

    /// <summary>Events may have been lost: sessions must compare their cursors with their mailboxes.</summary>
    /// <param name="core">The silo whose events may be missing; null: any.</param>
    void GapSuspected(SiloAddress? core);
}
