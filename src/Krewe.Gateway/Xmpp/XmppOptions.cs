using System.ComponentModel.DataAnnotations;

namespace Krewe.Gateway.Xmpp;

/// <summary>Where passwords may cross without TLS.</summary>
public enum PlaintextAuth
{
    /// <summary>On connections from this machine.</summary>
    Loopback = 1,
    /// <summary>Nowhere.</summary>
    Never,
}

/// <summary>XMPP, <c>Krewe:Xmpp</c>. Over WebSocket it is served at <c>/xmpp-websocket</c> of the HTTP listeners.</summary>
public sealed class XmppOptions
{
    /// <summary>Address and port of XMPP over TCP, with STARTTLS; empty for none; port 0 takes a free one. Default: 127.0.0.1:5222.</summary>
    public string Listen { get; set; } = "127.0.0.1:5222";

    /// <summary>The same with TLS from the first byte. Default: none.</summary>
    public string? TlsListen { get; set; }

    /// <summary>Where passwords and tokens may cross without TLS. Default: loopback.</summary>
    public PlaintextAuth PlaintextAuth { get; set; } = PlaintextAuth.Loopback;

    /// <summary>Bytes of one stanza. Default: 262 144.</summary>
    [Range(10_240, 16 << 20)] public int StanzaBytes { get; set; } = 262_144;

    /// <summary>Levels of nesting in one stanza. Default: 100.</summary>
    [Range(16, 1_000)] public int StanzaDepth { get; set; } = 100;

    /// <summary>How long a client may take from its connection to its login. Default: 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")] public TimeSpan LoginTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Connections of clients that have not logged in yet. Default: 10 000.</summary>
    [Range(1, 1_000_000)] public int ConnectionsBeforeLogin { get; set; } = 10_000;

    /// <summary>The same from one network address. Default: 1 000.</summary>
    [Range(1, 1_000_000)] public int ConnectionsBeforeLoginPerAddress { get; set; } = 1_000;
}
