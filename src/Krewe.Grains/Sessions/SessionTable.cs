using Krewe.Core.Addresses;
using Krewe.Core.Administration;
using Krewe.Core.Gateways;
using Krewe.Core.Mailboxes;
using Krewe.Core.Users;

namespace Krewe.Grains.Sessions;

/// <summary>A user's live sessions, and the gateways that hold them.</summary>
internal sealed class SessionTable(Jid owner, IGatewayPublisher gateways, MessageTrail? trail = null)
{
    private readonly Dictionary<string, SessionInfo> _sessions = [];

    // A message is published far more often than a session comes or goes: the distinct gateways are kept ready.
    private SiloAddress[] _all = [];
    private SiloAddress[] _wantingItems = [];
    private SiloAddress[] _wantingPresence = [];
    private SiloAddress[] _wantingDevices = [];

    public int Count => _sessions.Count;

    public IReadOnlyCollection<SessionInfo> Sessions => _sessions.Values;

    public SessionInfo? Find(string sessionId) => _sessions.GetValueOrDefault(sessionId);

    /// <summary>Takes a session in, in place of what was known under its id.</summary>
    /// <returns>What was known.</returns>
    public SessionInfo? Open(SessionInfo session)
    {
        var before = Find(session.SessionId);
        _sessions[session.SessionId] = session;
        Recount();
        return before;
    }

    /// <returns>The session, or null if the id is not known.</returns>
    public SessionInfo? Close(string sessionId)
    {
        if (!_sessions.Remove(sessionId, out var session)) return null;
        Recount();
        return session;
    }

    public bool IsOn(SiloAddress gateway) => Array.IndexOf(_all, gateway) >= 0;

    /// <summary>The sessions that a gateway holds.</summary>
    public SessionInfo[] On(SiloAddress gateway) => [.. _sessions.Values.Where(session => session.Gateway.Equals(gateway))];

    /// <summary>Tells every gateway with a session that wants items, once each.</summary>
    public void Publish(MailboxItem item)
    {
        if (_wantingItems.Length == 0) return;
        Announce(new ItemEvent(owner, item), _wantingItems);
        if (item.Kind != ItemKind.Message || trail is null) return;
        foreach (var gateway in _wantingItems) trail.Note(TrailStep.Published, owner, item.From, item.Id, item.Seq, gateway: gateway);
    }

    /// <summary>Tells every gateway that holds any session of the user.</summary>
    public void PublishAll(GatewayEvent gatewayEvent) => Announce(gatewayEvent, _all);

    /// <summary>Tells every gateway with a session that wants contacts, typing and the presence of people as a whole.</summary>
    public void PublishPresence(GatewayEvent gatewayEvent) => Announce(gatewayEvent, _wantingPresence);

    /// <summary>Tells every gateway with a session that wants the presence of single devices.</summary>
    public void PublishDevices(GatewayEvent gatewayEvent) => Announce(gatewayEvent, _wantingDevices);

    /// <summary>Tells one session, after whatever its gateway was told before.</summary>
    public void PublishTo(SessionInfo session, GatewayEvent gatewayEvent) =>
        gateways.Publish(session.Gateway, gatewayEvent with { SessionId = session.SessionId });

    private void Announce(GatewayEvent gatewayEvent, SiloAddress[] to)
    {
        foreach (var gateway in to) gateways.Publish(gateway, gatewayEvent);
    }

    private void Recount()
    {
        _all = Gateways(SessionWants.None);
        _wantingItems = Gateways(SessionWants.Items);
        _wantingPresence = Gateways(SessionWants.Presence);
        _wantingDevices = Gateways(SessionWants.Presence | SessionWants.Devices);
    }

    private SiloAddress[] Gateways(SessionWants wants) =>
        [.. _sessions.Values.Where(session => session.Wants.HasFlag(wants)).Select(session => session.Gateway).Distinct()];
}
