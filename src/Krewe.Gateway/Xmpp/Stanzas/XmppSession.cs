// RFC 6121: Extensible Messaging and Presence Protocol (XMPP): Instant Messaging and Presence.
using Krewe.Core.Addresses;
using Krewe.Core.Connections;
using Krewe.Core.Errors;
using Krewe.Core.Gateways;
using Krewe.Core.Mailboxes;
using Krewe.Core.Presence;
using Krewe.Core.Users;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Sessions;
using Krewe.Gateway.Xmpp.Features;
using Krewe.Gateway.Xmpp.Streams;
using Krewe.Protocols.Xmpp;
using Krewe.Protocols.Xmpp.Stanzas;
using Krewe.Protocols.Xmpp.Streams;
using Krewe.Protocols.Xmpp.Xml;
using Microsoft.Extensions.Logging;

namespace Krewe.Gateway.Xmpp.Stanzas;

/// <summary>What an XMPP client's message is answered by, if it fails.</summary>
internal readonly record struct MessageReference(string? Id, Jid? To);

/// <summary>One bound resource: a cursor over the mailbox that writes stanzas. What comes in is the <see cref="StanzaInput"/>'s.</summary>
internal sealed partial class XmppSession : Session, IFeedSink, IEphemeralSink, ISendOwner<MessageReference>, IAckOwner
{
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(25);

    private readonly XmppServer _server;
    private readonly XmppStream _stream;
    private readonly Feed _feed;
    private readonly EphemeralQueue _ephemeral;
    private readonly SeenDevices _seen = new();
    private readonly StanzaInput _input;
    private readonly ReadProof _proof;
    private SessionOpened? _opened;
    private long _lastHeartbeat;
    private bool _available;

    public XmppSession(Caller caller, XmppStream stream, XmppServer server)
        : base(caller, SessionWants.All | SessionWants.Devices, server.Parts.Registry)
    {
        (_server, _stream) = (server, stream);
        Address = Owner.WithResource(Device);
        _feed = server.Parts.MakeFeed(Owner, this);
        _ephemeral = new EphemeralQueue(server.Parts.Limits.Contacts * 2, this, perDevice: true);
        _input = new StanzaInput(caller, this, server);
        _proof = new ReadProof(this, new AckLane(caller, server.Users, this));
        _lastHeartbeat = server.Time.GetTimestamp();
    }

    public override string Transport => _stream.Link.Transport;

    public override bool IsConnection => true;

    public override (int Bytes, long? Since) Waiting => _stream.Link.Output.Waiting;

    public override bool AutoAvailable => false;

    public override bool IsExclusive => true;

    /// <summary>The full address.</summary>
    public Jid Address { get; }

    /// <summary>The client has asked for its roster, so it is told of changes (RFC 6121, section 2.1.6).</summary>
    public bool WantsRoster { get; set; }

    /// <summary>The last item that the client was given.</summary>
    public long Given => _feed.Cursor;

    public ReadProof Proof => _proof;

    public bool HasRoom => _available && _stream.Link.Output.HasRoom;

    public void Opened(SessionOpened opened) => _opened = opened;

    /// <summary>Takes what the client sent; an error ends the stream.</summary>
    public ValueTask<StreamError?> TakeAsync(XmlElement element) => _input.TakeAsync(element);

    /// <summary>Waits until everything that the client sent up to now is answered.</summary>
    public Task WhenAnsweredAsync() => _input.WhenAnsweredAsync();

    /// <summary>The client is available from now on: it gets what waits for it. True the first time.</summary>
    public bool BecomeAvailable()
    {
        if (_available || _opened is not { } opened) return false;
        _available = true;
        _ephemeral.Start();
        // What no device has dealt with yet, as far as it is still there.
        var start = Math.Max(opened.Delivered, opened.First - 1);
        _proof.Begin(start);
        _feed.Start(start, opened.Last);
        return true;
    }

    public override bool Offer(ItemEncoding item) => _feed.Offer(item);

    public override void Expect(long last) => _feed.Expect(last);

    public override bool Notify(GatewayEvent gatewayEvent) => _ephemeral.Offer(gatewayEvent);

    public override void Flush() => _stream.Link.Output.Flush();

    /// <summary>Writes one stanza; goes out with the next flush.</summary>
    public void Write(Action<XmlWriter> write) => _stream.Write(write);

    public void Write(ItemEncoding item)
    {
        var mail = item.Item;
        if (mail.Kind != ItemKind.Message || (mail.From == Owner && mail.To != Owner)) return;
        var delayedBy = mail.Seq <= _opened!.Last ? _server.Domain : null;
        Write(xml => StanzaOutput.WriteMessage(xml, mail, Owner, delayedBy));
        _server.Parts.Metrics.Wrote(Transport, 1);
    }

    public void Write(GatewayEvent gatewayEvent)
    {
        switch (gatewayEvent)
        {
            case PresenceEvent { Change: var change }:
                foreach (var gone in _seen.Apply(change)) Write(xml => StanzaOutput.WritePresence(xml, change.From, gone, PresenceState.Offline, Address));
                Write(xml => StanzaOutput.WritePresence(xml, change.From, change.Device, change.State, Address));
                break;
            case TypingEvent typing:
                Write(xml => StanzaOutput.WriteTyping(xml, typing.From, typing.Device, typing.State, Address));
                break;
            case ContactEvent { Contact: var contact }:
                Roster.WriteChange(this, contact);
                break;
        }
    }

    public void Overdue(int bytes) => _stream.Link.Output.AddOverdue(bytes);

    public void Fail(CloseReason reason) => _ = CloseAsync(reason);

    public void OnRoom()
    {
        if (!_available) return;
        _ephemeral.Start();
        Flush();
        _feed.Resume();
    }

    /// <summary>A message was stored, which nobody says here, or refused.</summary>
    public void Answer(MessageReference reference, Outcome<Sent> outcome)
    {
        if (outcome.Fault is { } fault) Refuse(XmppNames.Message, reference.Id, reference.To, StanzaFaults.ErrorOf(fault));
    }

    /// <summary>Answers a stanza with an error.</summary>
    /// <param name="to">Whom it was to, who is the one who answers.</param>
    public void Refuse(XmlName kind, string? id, Jid? to, StanzaError error) =>
        Write(xml => StanzaOutput.WriteError(xml, kind, id, to, Address, error));

    public void RefuseAck(Fault fault)
    {
        // The next one says it all again.
    }

    public override void Tick(long timestamp)
    {
        if (IsClosed) return;
        var time = _server.Time;
        var link = _stream.Link;
        if (link.Output.WriteBegan is { } began)
        {
            if (time.GetElapsedTime(began, timestamp) > SessionParts.WriteTimeout) _ = CloseAsync(CloseReason.SlowConsumer);
            return;
        }
        _proof.Ask(_feed.Cursor);
        if (time.GetElapsedTime(link.LastRead, timestamp) < HeartbeatEvery || time.GetElapsedTime(_lastHeartbeat, timestamp) < HeartbeatEvery) return;
        _lastHeartbeat = timestamp;
        link.AppendHeartbeat();
        link.Output.Flush();
    }

    public void LogFailed(Exception error) => LogFailed(_server.Log, error, Id, Owner);

    protected override Task EndAsync(CloseReason reason)
    {
        _feed.Stop();
        return _stream.EndAsync(reason);
    }

    [LoggerMessage(LogLevel.Error, "Session {Session} of {Owner} failed.")]
    private static partial void LogFailed(ILogger log, Exception error, string session, Jid owner);
}
