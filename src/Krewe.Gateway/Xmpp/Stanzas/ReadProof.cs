// XEP-0199: XMPP Ping, version 2.0, from server to client.
using System.Globalization;
using Krewe.Gateway.Sessions;
using Krewe.Gateway.Xmpp.Features;
using Krewe.Protocols.Xmpp;

namespace Krewe.Gateway.Xmpp.Stanzas;

/// <summary>Finds out what a client has really read. A socket that took the bytes proves nothing; an answer to a ping that was sent after them does,
/// for a client reads in order and must answer every request. Only then the mailbox hears that the device has dealt with its items.</summary>
internal sealed class ReadProof(XmppSession session, AckLane acks)
{
    private const string Prefix = "krewe-read-";

    private readonly Lock _lock = new();
    private long _asked;
    private bool _waiting;

    /// <summary>From here on.</summary>
    public void Begin(long given) => _asked = given;

    /// <summary>Asks, if there is something new to ask for and no answer is outstanding. Called about once a second.</summary>
    public void Ask(long given)
    {
        lock (_lock)
        {
            if (_waiting || given <= _asked) return;
            (_waiting, _asked) = (true, given);
        }
        session.Write(xml => xml.Start(XmppNames.Iq).Attribute("type"u8, "get"u8)
            .Attribute("id"u8, (Prefix + given.ToString(CultureInfo.InvariantCulture)).AsSpan())
            .Attribute("from"u8, session.Owner.Domain).Attribute("to"u8, session.Address.Text.AsSpan()).Empty(Ping.Query).End());
        session.Flush();
    }

    /// <summary>Takes a result or an error: a client that does not know pings has read as well.</summary>
    public void Take(string? id)
    {
        long proven;
        lock (_lock)
        {
            if (!_waiting || id != Prefix + _asked.ToString(CultureInfo.InvariantCulture)) return;
            (_waiting, proven) = (false, _asked);
        }
        acks.Add(new Krewe.Protocols.Json.Ack(proven, false));
    }
}
