using System.Collections.Immutable;
using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Core.Errors;
using Krewe.Core.Gateways;
using Krewe.Core.Mailboxes;
using Krewe.Core.Presence;
using Krewe.Core.Users;

namespace Krewe.Gateway.Tests.Fakes;

/// <summary>A user's grain in memory: a list of items, the sessions that were registered, and switches for what may go wrong.</summary>
/// <remarks>It has the grain's methods and not its interfaces, for Orleans would take it for the real one.</remarks>
internal sealed class FakeUser(Jid address, FakeCluster cluster)
{
    private readonly Lock _lock = new();
    private readonly List<MailboxItem> _items = [];
    private readonly Dictionary<string, SessionInfo> _sessions = [];
    private readonly HashSet<string> _revoked = [];
    private long _first = 1;

    public Jid Address => address;

    /// <summary>What the grain is asked throws until this is false.</summary>
    public bool Away { get; set; }

    /// <summary>Items get no live event.</summary>
    public bool Silent { get; set; }

    public int Reads;

    public int Registrations;

    public List<(string Device, long Seq, bool Read)> Acks { get; } = [];

    public List<(string Device, PresenceState Presence)> Presences { get; } = [];

    public List<(Jid Peer, string State)> Typings { get; } = [];

    /// <summary>Logins that were begun, and how those that ended did.</summary>
    public (int Begun, List<bool> Ended) Logins = (0, []);

    public ImmutableArray<Contact> Contacts { get; set; } = [];

    public List<Draft> Drafts { get; } = [];

    public List<int> SendBatches { get; } = [];

    /// <summary>If set, sends wait for it.</summary>
    public Task? SendGate { get; set; }

    /// <summary>If set, a registration that was made is answered after it.</summary>
    public Task? OpenGate { get; set; }

    public ImmutableArray<MailboxItem> Items
    {
        get
        {
            lock (_lock) return [.. _items];
        }
    }

    public ImmutableArray<SessionInfo> Sessions
    {
        get
        {
            lock (_lock) return [.. _sessions.Values];
        }
    }

    public long Last
    {
        get
        {
            lock (_lock) return _items.Count;
        }
    }

    /// <summary>Puts a message into the mailbox, and tells the gateway unless silent.</summary>
    public MailboxItem Append(string body, Jid? from = null, string? id = null, string? data = null, ItemKind kind = ItemKind.Message, Jid? to = null, params string[] ids)
    {
        MailboxItem item;
        bool told;
        lock (_lock)
        {
            item = new MailboxItem
            {
                Seq = _items.Count + 1,
                Kind = kind,
                Id = id ?? $"m{_items.Count + 1}",
                From = from ?? Jid.FromCanonical("romeo@localhost"),
                To = to ?? address,
                SentAt = new DateTimeOffset(2026, 11, 23, 10, 0, 0, 123, TimeSpan.Zero),
                Body = body,
                Data = data,
                Ids = [.. ids],
            };
            _items.Add(item);
            told = _sessions.Count > 0 && !Silent;
        }
        if (told) cluster.Publish(new ItemEvent(address, item));
        return item;
    }

    /// <summary>Retention has deleted everything before <paramref name="first"/>.</summary>
    public void Trim(long first)
    {
        lock (_lock) _first = first;
    }

    public void ForgetSessions()
    {
        lock (_lock) _sessions.Clear();
    }

    public async ValueTask<ImmutableArray<Outcome<Sent>>> SendAsync(string device, ImmutableArray<Draft> drafts)
    {
        if (Away) throw new TimeoutException("away");
        lock (_lock) SendBatches.Add(drafts.Length);
        if (SendGate is { } gate) await gate;
        return [.. drafts.Select(draft => Send(device, draft))];
    }

    public ValueTask<Outcome<MailboxPage>> ReadAsync(long after, int limit)
    {
        Interlocked.Increment(ref Reads);
        if (Away) throw new TimeoutException("away");
        lock (_lock)
        {
            if (after > _items.Count) return new(Fault.CursorAhead(_items.Count));
            if (after < _first - 1) return new(Fault.CursorExpired(_first));
            ImmutableArray<MailboxItem> items = [.. _items.Skip((int)after).Take(limit)];
            return new(new MailboxPage(items, after + items.Length, _items.Count));
        }
    }

    public ValueTask<Outcome<Done>> AckAsync(string device, long seq, bool read)
    {
        lock (_lock)
        {
            if (seq > _items.Count) return new(Fault.CursorAhead(_items.Count));
            Acks.Add((device, seq, read));
        }
        cluster.Changed();
        return new(default(Done));
    }

    public async ValueTask<Outcome<SessionOpened>> OpenSessionAsync(SessionInfo session)
    {
        Interlocked.Increment(ref Registrations);
        if (Away) throw new TimeoutException("away");
        SessionOpened opened;
        lock (_lock)
        {
            _sessions[session.SessionId] = session;
            opened = new SessionOpened(_first, _items.Count, cluster.Core) { Delivered = Acks.Count == 0 ? 0 : Acks.Max(ack => ack.Seq) };
        }
        cluster.Changed();
        if (OpenGate is { } gate) await gate;
        return opened;
    }

    public ValueTask CloseSessionAsync(string sessionId)
    {
        lock (_lock) _sessions.Remove(sessionId);
        cluster.Changed();
        return default;
    }

    public ValueTask<Outcome<Done>> SetPresenceAsync(string device, PresenceState presence)
    {
        lock (_lock) Presences.Add((device, presence));
        cluster.Changed();
        return new(default(Done));
    }

    public ValueTask<Outcome<Done>> TypingAsync(string device, Jid peer, string state)
    {
        lock (_lock) Typings.Add((peer, state));
        cluster.Changed();
        return new(default(Done));
    }

    public ValueTask<Outcome<Done>> AuthorizeAsync(TokenInfo token)
    {
        lock (_lock) return new(_revoked.Contains(token.TokenId) ? new Fault(FaultCode.Unauthorized, "The token was signed out.") : default(Outcome<Done>));
    }

    public ValueTask<Outcome<Done>> RevokeTokenAsync(TokenInfo token)
    {
        lock (_lock) _revoked.Add(token.TokenId);
        cluster.Publish(new CloseEvent(address, token.TokenId, Core.Connections.CloseReason.SignedOut));
        return new(default(Done));
    }

    public ValueTask<bool> ExistsAsync() => new(true);

    /// <summary>The password is "secret".</summary>
    public ValueTask<Outcome<LoginChallenge>> BeginLoginAsync()
    {
        lock (_lock) Logins.Begun++;
        return new(new LoginChallenge(Secret, address.Local is not "nobody"));
    }

    public ValueTask EndLoginAsync(bool succeeded)
    {
        lock (_lock) Logins.Ended.Add(succeeded);
        cluster.Changed();
        return default;
    }

    public ValueTask<ImmutableArray<Contact>> GetContactsAsync() => new(Contacts);

    private static readonly Credentials Secret = Scram.Derive("secret", Scram.MinIterations);

    private Outcome<Sent> Send(string device, Draft draft)
    {
        lock (_lock) Drafts.Add(draft);
        if (draft.To.Local is "nobody") return Fault.UnknownRecipient();
        var item = Append(draft.Body ?? "", address, draft.Id, draft.Data, to: draft.To);
        if (draft.To != address) cluster.User(draft.To).Append(draft.Body ?? "", address, draft.Id, draft.Data);
        return new Sent(item.Id, item.Seq, item.SentAt, false);
    }
}
