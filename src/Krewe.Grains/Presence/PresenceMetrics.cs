using System.Diagnostics.Metrics;
using Krewe.Core.Contacts;

namespace Krewe.Grains.Presence;

/// <summary>What sessions, presence and subscriptions of a silo's users do, as meter <c>Krewe.Presence</c>.</summary>
internal sealed class PresenceMetrics
{
    private readonly UpDownCounter<long> _sessions;
    private readonly Counter<long> _sessionsLost;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _failed;
    private readonly Counter<long> _probes;
    private readonly Counter<long> _typingDropped;
    private readonly Counter<long> _stanzas;

    public PresenceMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Krewe.Presence");
        _sessions = meter.CreateUpDownCounter<long>("krewe.sessions.open", "{session}", "Live sessions registered with users' grains.");
        _sessionsLost = meter.CreateCounter<long>("krewe.sessions.lost", "{session}", "Sessions dropped because their gateway's silo died.");
        _sent = meter.CreateCounter<long>("krewe.presence.sent", "{change}", "Presence changes brought to contacts.");
        _failed = meter.CreateCounter<long>("krewe.presence.failed", "{attempt}", "Attempts to tell a contact that failed, by whether there is another.");
        _probes = meter.CreateCounter<long>("krewe.presence.probes", "{probe}", "Presence asked for.");
        _typingDropped = meter.CreateCounter<long>("krewe.typing.dropped", "{notice}", "Typing notices over a user's rate.");
        _stanzas = meter.CreateCounter<long>("krewe.subscription.stanzas", "{stanza}", "Subscription stanzas taken in, by type.");
    }

    public void SessionsChanged(int by) => _sessions.Add(by);

    public void SessionsLost(int sessions) => _sessionsLost.Add(sessions);

    public void Sent() => _sent.Add(1);

    public void Failed(bool again) => _failed.Add(1, new KeyValuePair<string, object?>("again", again));

    public void Probed() => _probes.Add(1);

    public void TypingDropped() => _typingDropped.Add(1);

    public void Stanza(SubscriptionStanza stanza) => _stanzas.Add(1, new KeyValuePair<string, object?>("type", NameOf(stanza)));

    private static string NameOf(SubscriptionStanza stanza) => stanza switch
    {
        SubscriptionStanza.Subscribe => "subscribe",
        SubscriptionStanza.Subscribed => "subscribed",
        SubscriptionStanza.Unsubscribe => "unsubscribe",
        SubscriptionStanza.Unsubscribed => "unsubscribed",
        _ => "other",
    };
}
