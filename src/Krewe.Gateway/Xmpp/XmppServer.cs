using Krewe.Core;
using Krewe.Core.Addresses;
using Krewe.Gateway.Api;
using Krewe.Gateway.Connections;
using Krewe.Gateway.Sessions;
using Krewe.Gateway.Xmpp.Features;
using Krewe.Gateway.Xmpp.Login;
using Krewe.Gateway.Xmpp.Streams;
using Krewe.Protocols.Xmpp.Sasl;
using Krewe.Protocols.Xmpp.Xml;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Xmpp;

/// <summary>What every stream of this gateway is made of.</summary>
internal sealed class XmppServer(
    SessionParts parts, Users users, Admission admission, XmppFeatures features, SaslAccountsFactory accounts, IOptions<XmppOptions> options, IOptions<DomainOptions> domain,
    ILogger<XmppStream> log)
{
    public SessionParts Parts => parts;

    public Users Users => users;

    public Admission Admission => admission;

    public XmppFeatures Features => features;

    public XmppOptions Options => options.Value;

    public string Domain => domain.Value.Domain;

    public Jid Address { get; } = Jid.FromCanonical(domain.Value.Domain);

    public TimeProvider Time => parts.Time;

    public ILogger Log => log;

    /// <summary>For clients that have logged in.</summary>
    public XmlLimits Limits { get; } = new() { StanzaBytes = options.Value.StanzaBytes, Depth = options.Value.StanzaDepth };

    public ISaslAccounts AccountsFor(System.Net.IPAddress? remote) => accounts.For(remote);
}
