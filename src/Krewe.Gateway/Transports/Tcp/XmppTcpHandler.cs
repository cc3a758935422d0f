using System.Net;
using Krewe.Gateway.Connections;
using Krewe.Gateway.Xmpp;
using Krewe.Gateway.Xmpp.Login;
using Microsoft.AspNetCore.Connections;

namespace Krewe.Gateway.Transports.Tcp;

/// <summary>Serves the connections of the listeners for XMPP over TCP.</summary>
internal sealed class XmppTcpHandler(XmppServer server, PendingLogins pending, IServerCertificate? certificate = null)
{
    /// <param name="encrypted">TLS from the first byte (XEP-0368), or in clear at first.</param>
    public async Task RunAsync(ConnectionContext connection, bool encrypted)
    {
        var remote = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        // Too many: nothing is said, which would cost more than to hang up.
        if (!pending.TryEnter(remote)) return;
        DeadPeer.Watch(connection.Features);
        await new TcpLink(connection, remote, server, pending, certificate).RunAsync(encrypted).ConfigureAwait(false);
    }
}
