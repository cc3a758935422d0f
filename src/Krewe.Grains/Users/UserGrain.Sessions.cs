using Krewe.Core.Connections;
using Krewe.Core.Errors;
using Krewe.Core.Gateways;
using Krewe.Core.Users;
using Krewe.Grains.Mailboxes;
using Krewe.Grains.Presence;
using Krewe.Grains.Sessions;

namespace Krewe.Grains.Users;

// A user's live sessions.
internal sealed partial class UserGrain : ISessionGrain, IDisposable
{
    // Until the users whose grains died have been found again and their gateways have registered their sessions anew,
    // spread so that a silo's death is not followed by one burst.
    private static readonly TimeSpan SettleDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SettleSpread = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private CancellationToken _stopping;
    private readonly HashSet<SiloAddress> _watched = [];

    public async ValueTask<Outcome<SessionOpened>> OpenSessionAsync(SessionInfo session)
    {
        if (IsDisabled) return Disabled;
        if (!IsActive) return Fault.UnknownAddress();
        // The word that its token was signed out may have been lost on the way to its gateway.
        if (session.TokenId is { } token && _account.Value.RevokedTokens.ContainsKey(token)) return SignedOut;
        if (_live.Watch.IsDead(session.Gateway)) return Fault.Unavailable("The gateway was declared dead.", TimeSpan.FromSeconds(1));
        if (_sessions.Find(session.SessionId) is null && _sessions.Count >= _services.Limits.SessionsPerUser)
            return new Fault(FaultCode.TooMany, $"A user has at most {_services.Limits.SessionsPerUser} live sessions.") { Member = "sessions" };
        if (Touch(session.Device, session.Exclusive) is { } fault) return fault;
        try
        {
            if (!_mailbox.IsOpen) await _mailbox.OpenAsync();
        }
        catch (Exception exception) when (IsStoreTrouble(exception))
        {
            return Mailbox.FaultOf(exception);
        }
        if (!IsActive) return Fault.UnknownAddress();
        // From here on one turn: what becomes durable after this is published to the session, what did before is below Last.
        var first = _sessions.Count == 0;
        var renewed = Register(session);
        if (session.Exclusive && !renewed) Replace(session);
        if (session.Wants.HasFlag(SessionWants.Presence) && (!renewed || session.Again)) Introduce(session, first);
        return new SessionOpened(_mailbox.First, _mailbox.Last, _live.Core) { Delivered = _mailbox.Delivered };
    }

    public ValueTask CloseSessionAsync(string sessionId)
    {
        if (_sessions.Find(sessionId) is { } session) Unregister([session]);
        // An activation that is gone may have shown the user as available, and this was its last session: nobody else is left to take it back.
        else if (_sessions.Count == 0 && !_spoken) TellEverybody();
        return default;
    }

    public ValueTask GatewayLostAsync(SiloAddress gateway)
    {
        var lost = _sessions.On(gateway);
        _live.Metrics.SessionsLost(lost.Length);
        Unregister(lost);
        _watched.Remove(gateway);
        if (_contactPresences.On(gateway).Length > 0) _ = AskAgainAsync(gateway);
        return default;
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>A user with sessions stays: whoever has a connection open is not collected as idle.</summary>
    private void KeepWhileConnected() => DelayDeactivation(_sessions.Count > 0 ? Timeout.InfiniteTimeSpan : TimeSpan.Zero);

    /// <returns>True if the session was known.</returns>
    private bool Register(SessionInfo session)
    {
        var before = _sessions.Open(session);
        if (before is null) _live.Metrics.SessionsChanged(1);
        var changed = _presence.Open(session.Device, session.AutoAvailable);
        // After the new one has begun: a renewal is not seen by anybody.
        if (before is not null && _presence.Close(before.Device, before.AutoAvailable) && before.Device != session.Device) Broadcast(before.Device);
        if (changed) Broadcast(session.Device);
        Watch(session.Gateway);
        KeepWhileConnected();
        _live.Logger.SessionOpened(session.SessionId, _owner, session.Device, session.Gateway);
        return before is not null;
    }

    private void Unregister(SessionInfo[] sessions)
    {
        // All of them first: a device whose sessions go together changes once.
        foreach (var session in sessions) _sessions.Close(session.SessionId);
        foreach (var session in sessions)
        {
            if (_presence.Close(session.Device, session.AutoAvailable)) Broadcast(session.Device);
            _live.Logger.SessionClosed(session.SessionId, _owner);
        }
        _live.Metrics.SessionsChanged(-sessions.Length);
        if (sessions.Length > 0 && _devices.Value.Said.Count > 0) _ = ForgetWordsLaterAsync();
        KeepWhileConnected();
    }

    /// <summary>Shows a new session who is there, by the same way that brings every later change, so that nothing overtakes.</summary>
    private void Introduce(SessionInfo session, bool first)
    {
        var devices = session.Wants.HasFlag(SessionWants.Devices);
        foreach (var change in _contactPresences.Picture)
            if ((devices || change.Snapshot) && Contacts.Sees(change.From)) _sessions.PublishTo(session, new PresenceEvent(_owner, change));
        if (devices)
            foreach (var change in OwnPicture()) _sessions.PublishTo(session, new PresenceEvent(_owner, change));
        if (session.Again)
        {
            // Its client may still show contacts that went offline while nobody could tell it.
            _clientsMayBeWrong = true;
            foreach (var change in _contactPresences.Absent) _sessions.PublishTo(session, new PresenceEvent(_owner, change));
        }
        if (first) AskContacts();
    }

    /// <summary>Ends what was there under the same full address (RFC 6120, section 7.7.2.2).</summary>
    private void Replace(SessionInfo session)
    {
        SessionInfo[] replaced = [.. _sessions.Sessions.Where(other => other.Exclusive && other.Device == session.Device && other.SessionId != session.SessionId)];
        foreach (var other in replaced) _sessions.PublishTo(other, new CloseEvent(_owner, TokenId: null, CloseReason.Replaced));
        if (replaced.Length > 0) Unregister(replaced);
    }

    private void Watch(SiloAddress silo)
    {
        if (!silo.Equals(_live.Core) && _watched.Add(silo)) _live.Watch.Watch(silo, _owner);
    }

    private void PrepareSessions()
    {
        _sessions = new SessionTable(_owner, _services.Gateways, _services.Trail);
        // Kept apart: it outlives its source, which what is still under way may not ask any more.
        _stopping = _stop.Token;
    }

    private async Task EndSessionsAsync()
    {
        await _stop.CancelAsync();
        foreach (var silo in _watched) _live.Watch.Unwatch(silo, _owner);
        _live.Metrics.SessionsChanged(-_sessions.Count);
        if (_sessions.Count > 0) _sessions.PublishAll(new RegisterAgainEvent(_owner));
    }
}
