using Krewe.Core.Addresses;
using Krewe.Core.Gateways;
using Krewe.Core.Mailboxes;

namespace Krewe.Grains.Users;

/// <summary>A user's live sessions, and the gateways that hold them.</summary>
internal sealed class SessionTable(Jid owner, IGatewayPublisher gateways)
{
    private readonly List<SiloAddress> _wantingItems = [];

    public int Count => _wantingItems.Count;

    /// <summary>Tells every gateway with a session that wants items, once each.</summary>
    public void Publish(MailboxItem item)
    {
        if (_wantingItems.Count == 0) return;
        Announce(new ItemEvent(owner, item), _wantingItems);
    }

    /// <summary>Tells every gateway that holds any session of the user.</summary>
    public void PublishAll(GatewayEvent gatewayEvent) => Announce(gatewayEvent, _wantingItems);

    private void Announce(GatewayEvent gatewayEvent, List<SiloAddress> to)
    {
        foreach (var gateway in to) gateways.Publish(gateway, gatewayEvent);
    }
}
