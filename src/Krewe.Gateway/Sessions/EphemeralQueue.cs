using Krewe.Core.Addresses;
using Krewe.Core.Gateways;

namespace Krewe.Gateway.Sessions;

/// <summary>Where an <see cref="EphemeralQueue"/> writes. No member waits for the client.</summary>
internal interface IEphemeralSink
{
    bool HasRoom { get; }

    void Write(GatewayEvent gatewayEvent);
}

/// <summary>
/// Presence, typing and contacts on their way to one client. While the client is behind, the newest presence of each contact is
/// kept and nothing else; typing is not worth keeping.
/// </summary>
/// <param name="perDevice">The newest of each of a contact's devices.</param>
internal sealed class EphemeralQueue(int bound, IEphemeralSink sink, bool perDevice = false)
{
    private readonly Lock _lock = new();
    private Dictionary<(Jid Address, bool IsContact), GatewayEvent>? _waiting;
    private bool _started;

    /// <summary>Takes an event. True if it was written.</summary>
    public bool Offer(GatewayEvent gatewayEvent)
    {
        lock (_lock)
        {
            if (_started && _waiting is null && sink.HasRoom)
            {
                sink.Write(gatewayEvent);
                return true;
            }
            if (KeyOf(gatewayEvent) is not { } key) return false;
            var waiting = _waiting ??= [];
            // A roster is bounded, so no client with a sound one loses anything here.
            if (waiting.Count < bound || waiting.ContainsKey(key)) waiting[key] = gatewayEvent;
            return false;
        }
    }

    /// <summary>Begins to write, or goes on.</summary>
    public void Start()
    {
        lock (_lock)
        {
            _started = true;
            if (_waiting is not { } waiting) return;
            _waiting = null;
            foreach (var gatewayEvent in waiting.Values) sink.Write(gatewayEvent);
        }
    }

    private (Jid, bool)? KeyOf(GatewayEvent gatewayEvent) => gatewayEvent switch
    {
        PresenceEvent { Change: var change } => (perDevice ? change.From.WithResource(change.Device) : change.From, false),
        ContactEvent contact => (contact.Contact.Address, true),
        _ => null,
    };
}
