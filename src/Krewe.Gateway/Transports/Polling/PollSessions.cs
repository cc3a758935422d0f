using System.Collections.Concurrent;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Limits;
using Krewe.Core.Users;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Connections;
using Krewe.Gateway.Sessions;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Transports.Polling;

/// <summary>The devices that poll here, each by its token: signing one token out ends what was asked with it and nothing else.</summary>
internal sealed class PollSessions(SessionRegistry registry, Admission admission, IOptions<LimitOptions> limits, TimeProvider time)
{
    private readonly ConcurrentDictionary<Key, Entry> _sessions = new();

    /// <summary>The caller's session, opened if this is its first poll for a while.</summary>
    public async ValueTask<Outcome<PollSession>> GetAsync(Caller caller, CancellationToken cancellationToken)
    {
        var key = new Key(caller.Address, caller.Device, caller.Token.TokenId);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var entry = _sessions.GetOrAdd(key, static (_, made) => made.Sessions.Make(made.Caller), (Sessions: this, Caller: caller));
            var opened = await entry.Opened.Value.ConfigureAwait(false);
            if (opened.Fault is { } fault)
            {
                Forget(entry.Session);
                return fault;
            }
            if (entry.Session.TryUse()) return entry.Session;
            Forget(entry.Session);
        }
    }

    /// <summary>Takes out a session that has ended.</summary>
    public void Forget(PollSession session)
    {
        var key = new Key(session.Owner, session.Device, session.Token.TokenId);
        if (_sessions.TryGetValue(key, out var entry) && entry.Session == session)
            _sessions.TryRemove(new KeyValuePair<Key, Entry>(key, entry));
    }

    private Entry Make(Caller caller)
    {
        var session = new PollSession(caller, registry, this, limits.Value.LongPollsPerDevice, time);
        return new Entry(session, new Lazy<Task<Outcome<SessionOpened>>>(() => OpenAsync(session)));
    }

    // Several requests may wait for it: it does not end with the first one's.
    private async Task<Outcome<SessionOpened>> OpenAsync(PollSession session)
    {
        var entered = await admission.EnterAsync(CancellationToken.None).ConfigureAwait(false);
        if (!entered.TryGet(out var turn, out var fault)) return fault;
        using var whatever = turn;
        var opened = await registry.OpenAsync(session, CancellationToken.None).ConfigureAwait(false);
        if (opened.TryGet(out var value, out _)) session.Expect(value.Last);
        return opened;
    }

    private readonly record struct Key(Jid Owner, string Device, string TokenId);

    private sealed record Entry(PollSession Session, Lazy<Task<Outcome<SessionOpened>>> Opened);
}
