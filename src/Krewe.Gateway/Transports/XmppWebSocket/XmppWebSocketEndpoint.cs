using Krewe.Core.Errors;
using Krewe.Gateway.Api;
using Krewe.Gateway.Connections;
using Krewe.Gateway.Transports.WebSocket;
using Krewe.Gateway.Xmpp;
using Krewe.Gateway.Xmpp.Login;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Krewe.Gateway.Transports.XmppWebSocket;

/// <summary><c>GET /xmpp-websocket</c>: XMPP in a WebSocket. Who it is from is asked in the stream.</summary>
internal sealed class XmppWebSocketEndpoint(XmppServer server, PendingLogins pending, OriginPolicy origins)
{
    public const string Path = "/xmpp-websocket";

    private const string Protocol = "xmpp";

    // CONNECT is how HTTP/2 opens a WebSocket (RFC 8441).
    public void Map(IEndpointRouteBuilder routes) => routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Connect], GetAsync);

    private async Task GetAsync(HttpContext context)
    {
        if (await ServeAsync(context) is { } fault) await Problems.WriteAsync(context, fault);
    }

    private async ValueTask<Fault?> ServeAsync(HttpContext context)
    {
        if (!origins.Allows(context.Request)) return new Fault(FaultCode.Forbidden, "Pages of this origin may not open WebSockets here.") { Member = "Origin" };
        if (!WebSocketHandshake.TryCheck(context, Protocol, required: true, out var answersProtocol, out var fault)) return fault;
        var remote = context.Connection.RemoteIpAddress;
        if (!pending.TryEnter(remote)) return new Fault(FaultCode.TooMany, "Too many connections have not logged in yet.");
        Stream wire;
        try
        {
            OutputQueue.KeepOwnTime(context);
            wire = await WebSocketHandshake.AcceptAsync(context, answersProtocol ? Protocol : null);
        }
        catch
        {
            pending.Leave(remote);
            throw;
        }
        using var link = new WebSocketLink(wire, server, pending, context);
        await link.RunAsync();
        return null;
    }
}
