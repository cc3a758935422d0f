using System.Collections.Concurrent;
using Krewe.Core.Addresses;
using Krewe.Core.Connections;
using Krewe.Core.Errors;
using Krewe.Core.Gateways;
using Krewe.Core.Limits;
using Krewe.Core.Users;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Sessions;

/// <summary>The sessions of this gateway, by user. What comes on the gateway's stream finds its way to them here.</summary>
internal sealed partial class SessionRegistry(
    SessionRegistrar registrar, IOptions<LimitOptions> limits, SessionMetrics metrics, ILogger<SessionRegistry> log) : IGatewayInbox
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, Session[]> _byUser = new();
    private volatile bool _draining;
    private volatile int _drained;
    private int _connections;

    /// <summary>How many sessions there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many clients come back at about the same time: those that there are, or that there were when the drain began.</summary>
    public int Returning => Math.Max(Count, _drained);

    /// <summary>Registers a session here and with its user's grain: from then on it gets the user's events.</summary>
    public async ValueTask<Outcome<SessionOpened>> OpenAsync(Session session, CancellationToken cancellationToken)
    {
        if (Add(session) is { } refused) return refused;
        Outcome<SessionOpened> opened = default;
        try
        {
            opened = await registrar.OpenAsync(session, cancellationToken).ConfigureAwait(false);
            return opened;
        }
        finally
        {
            // The client gave up, or the grain cannot be reached, or the session was closed meanwhile: the grain may have it all the same.
            if (opened.Value is null) Forget(session);
            if (opened.Value is null || session.IsClosed) registrar.Close(session);
        }
    }

    /// <summary>Takes a session out, here and at its user's grain.</summary>
    public void Remove(Session session, CloseReason reason)
    {
        if (!Forget(session)) return;
        metrics.Closed(session.Transport, reason);
        LogClosed(session.Id, session.Transport, session.Owner, reason.Code);
        registrar.Close(session);
    }

    /// <summary>Takes no more sessions from now on, and gives those that there are.</summary>
    public IReadOnlyList<Session> Drain()
    {
        _draining = true;
        lock (_lock)
        {
            _drained = Math.Max(_drained, Count);
            return [.. Sessions()];
        }
    }

    /// <summary>All sessions; the list may change while it is read.</summary>
    public IEnumerable<Session> Sessions()
    {
        foreach (var (_, sessions) in _byUser)
        {
            foreach (var session in sessions) yield return session;
        }
    }

    /// <summary>One user's sessions.</summary>
    public IReadOnlyList<Session> Of(Jid user) => _byUser.GetValueOrDefault(user.Text) ?? [];

    /// <summary>Everybody who has a session here.</summary>
    public ICollection<string> Users() => _byUser.Keys;

    public void Receive(IReadOnlyList<GatewayEvent> batch)
    {
        var encoding = ItemEncoding.Rent();
        List<Session>? touched = null;
        foreach (var gatewayEvent in batch)
        {
            if (!_byUser.TryGetValue(gatewayEvent.Owner.Text, out var sessions)) continue;
            if (gatewayEvent is ItemEvent { Item: var item }) encoding.Item = item;
            foreach (var session in sessions)
            {
                if (gatewayEvent.SessionId is { } id && id != session.Id) continue;
                try
                {
                    if (Hand(gatewayEvent, encoding, session) && session.Touch()) (touched ??= []).Add(session);
                }
                catch (Exception error)
                {
                    // One session's trouble is not its neighbours'.
                    LogFailed(error, session.Id);
                    _ = session.CloseAsync(CloseReason.Internal);
                }
            }
        }
        ItemEncoding.Return(encoding);
        if (touched is not null) Flush(touched);
    }

    public void GapSuspected(SiloAddress? core)
    {
        var count = 0;
        foreach (var session in Sessions())
        {
            if (core is not null && session.Core is { } known && !known.Equals(core)) continue;
            registrar.Renew(session);
            count++;
        }
        metrics.GapSuspected();
        LogGap(core, count);
    }

    private bool Hand(GatewayEvent gatewayEvent, ItemEncoding encoding, Session session)
    {
        switch (gatewayEvent)
        {
            case ItemEvent:
                return session.Wants.HasFlag(SessionWants.Items) && session.Offer(encoding);
            case CloseEvent close:
                if (close.TokenId is null || close.TokenId == session.Token.TokenId) _ = session.CloseAsync(close.Reason);
                return false;
            case RegisterAgainEvent:
                registrar.Renew(session);
                return false;
            case PresenceEvent { OverallChanged: false }:
                return session.Wants.HasFlag(SessionWants.Devices) && session.Notify(gatewayEvent);
            default:
                return session.Wants.HasFlag(SessionWants.Presence) && session.Notify(gatewayEvent);
        }
    }

    // One session at once, for the least delay; several side by side, for a write is a system call in the end.
    private static void Flush(List<Session> touched)
    {
        for (var i = 1; i < touched.Count; i++)
            ThreadPool.UnsafeQueueUserWorkItem(static session => session.FlushTouched(), touched[i], preferLocal: false);
        touched[0].FlushTouched();
    }

    private Fault? Add(Session session)
    {
        lock (_lock)
        {
            if (_draining) return Fault.Unavailable("The gateway is going away; come back in a moment.", TimeSpan.FromSeconds(1));
            if (session.IsConnection && _connections >= limits.Value.Connections)
                return Fault.Unavailable($"This gateway holds {_connections} connections, which is its bound; come back, another one may take you.", TimeSpan.FromSeconds(2 + (8 * Random.Shared.NextDouble())));
            var others = _byUser.GetValueOrDefault(session.Owner.Text) ?? [];
            var bound = limits.Value.ConnectionsPerUser;
            if (session.IsConnection && others.Count(other => other.IsConnection) >= bound)
                return new Fault(FaultCode.TooMany, $"A user may have {bound} open streams and sockets on one gateway.");
            _byUser[session.Owner.Text] = [.. others, session];
            Count++;
            if (session.IsConnection) _connections++;
        }
        metrics.Opened(session.Transport);
        return null;
    }

    private bool Forget(Session session)
    {
        lock (_lock)
        {
            if (!_byUser.TryGetValue(session.Owner.Text, out var sessions) || !sessions.Contains(session)) return false;
            if (sessions.Length == 1) _byUser.TryRemove(session.Owner.Text, out _);
            else _byUser[session.Owner.Text] = [.. sessions.Where(other => other != session)];
            Count--;
            if (session.IsConnection) _connections--;
        }
        metrics.Ended(session.Transport);
        return true;
    }

    [LoggerMessage(LogLevel.Debug, "Session {Session} ({Transport}) of {Owner} ended: {Reason}.")]
    private partial void LogClosed(string session, string transport, Jid owner, string reason);

    [LoggerMessage(LogLevel.Error, "Session {Session} failed to take an event.")]
    private partial void LogFailed(Exception error, string session);

    [LoggerMessage(LogLevel.Information, "Events of {Silo} may be missing; {Count} sessions compare with their mailboxes.")]
    private partial void LogGap(SiloAddress? silo, int count);
}
