using Krewe.Core.Errors;
using Krewe.Gateway.Api;
using Krewe.Gateway.Transports.Polling;
using Krewe.Gateway.Transports.Streaming;
using Krewe.Gateway.Transports.WebSocket;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Krewe.Gateway.Transports;

/// <summary>Where the mailbox is read.</summary>
internal sealed class TransportEndpoints(IServiceProvider services) : IApiEndpoints
{
    private const string Tag = "mailbox";
    public const string SocketPath = "/v1/ws";

    private static readonly Operation Poll = new("GET", "/v1/mailbox", "readMailbox", "What came after a cursor: polling, and with wait long-polling.")
    {
        Tag = Tag,
        Description = "Answered at once, or with wait when an item comes or the time is over. A poll is not an ack.",
        Parameters = [CursorParameters.After, Parameters.Limit, MailboxEndpoint.Wait, MailboxEndpoint.IfNoneMatch],
        Answers = [Answer.Of(200, "A page, and an ETag for the next poll.", "MailboxPage"), new(304, "Nothing is new.")],
        Faults = [FaultCode.CursorAhead, FaultCode.CursorExpired],
    };

    private static readonly Operation Stream = new("GET", "/v1/mailbox/stream", "streamMailbox", "What came after a cursor and what comes from then on, in one answer that stays open.")
    {
        Tag = Tag,
        Description = "As server-sent events (id is the seq, event the kind), as one JSON object a line, or as scripts for a hidden frame. "
            + "Something comes at least every 15 seconds: a comment, an empty line.",
        Access = Access.TokenAlsoInQuery,
        Parameters = [CursorParameters.After, CursorParameters.LastEventId],
        Answers = [new(200, "The stream.", [.. StreamEndpoint.Formats.Select(format => (format.MediaType, (string?)null))])],
        Faults = [FaultCode.CursorAhead, FaultCode.CursorExpired, FaultCode.NotAcceptable, FaultCode.TooMany],
    };

    private static readonly Operation Socket = new("GET", SocketPath, "openWebSocket", "Both directions on one WebSocket; its frames are described at /asyncapi/v1.json.")
    {
        Tag = Tag,
        Access = Access.TokenAlsoInQuery,
        Parameters = [CursorParameters.After],
        Answers = [new(101, "The sub-protocol krewe.v1.json.")],
        Faults = [FaultCode.CursorAhead, FaultCode.CursorExpired, FaultCode.Forbidden, FaultCode.TooMany],
    };

    private readonly WebSocketEndpoint _socket = ActivatorUtilities.CreateInstance<WebSocketEndpoint>(services);

    public void Map(ApiRoutes routes)
    {
        routes.MapRaw(Poll, ActivatorUtilities.CreateInstance<MailboxEndpoint>(services).GetAsync);
        routes.MapRaw(Stream, ActivatorUtilities.CreateInstance<StreamEndpoint>(services).GetAsync);
        routes.MapRaw(Socket, _socket.GetAsync);
    }

    /// <summary>CONNECT is how HTTP/2 opens a WebSocket (RFC 8441); no call that could be described.</summary>
    public void MapConnect(IEndpointRouteBuilder routes) => routes.MapMethods(SocketPath, [HttpMethods.Connect], _socket.GetAsync);
}
