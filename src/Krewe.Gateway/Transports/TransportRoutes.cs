using Krewe.Gateway.Transports.Polling;
using Krewe.Gateway.Transports.Streaming;
using Krewe.Gateway.Transports.WebSocket;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Krewe.Gateway.Transports;

/// <summary>Where the mailbox is read.</summary>
internal static class TransportRoutes
{
    public static IEndpointRouteBuilder MapTransports(this IEndpointRouteBuilder routes, IServiceProvider services)
    {
        var mailbox = ActivatorUtilities.CreateInstance<MailboxEndpoint>(services);
        var stream = ActivatorUtilities.CreateInstance<StreamEndpoint>(services);
        var socket = ActivatorUtilities.CreateInstance<WebSocketEndpoint>(services);
        routes.MapMethods("/v1/mailbox", [HttpMethods.Get], mailbox.GetAsync);
        routes.MapMethods("/v1/mailbox/stream", [HttpMethods.Get], stream.GetAsync);
        // CONNECT is how HTTP/2 opens one (RFC 8441).
        routes.MapMethods("/v1/ws", [HttpMethods.Get, HttpMethods.Connect], socket.GetAsync);
        return routes;
    }
}
