using Krewe.Core;
using Krewe.Core.Connections;
using Krewe.Core.Errors;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Api;
using Krewe.Gateway.Connections;
using Krewe.Gateway.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Transports.WebSocket;

/// <summary><c>GET /v1/ws</c>: both directions on one connection. What is wrong with the request is told before the upgrade.</summary>
internal sealed class WebSocketEndpoint(
    Authenticator authenticator, OriginPolicy origins, Users users, SessionParts parts, IOptions<DomainOptions> domain, Admission admission, ILogger<WebSocketEndpoint> log)
{
    public async Task GetAsync(HttpContext context)
    {
        if (await ServeAsync(context) is { } fault) await Problems.WriteAsync(context, fault);
    }

    private async ValueTask<Fault?> ServeAsync(HttpContext context)
    {
        if (!origins.Allows(context.Request)) return new Fault(FaultCode.Forbidden, "Pages of this origin may not open WebSockets here.") { Member = "Origin" };
        var entered = await admission.EnterAsync(context.RequestAborted);
        if (!entered.TryGet(out var turn, out var fault)) return fault;
        using var whatever = turn;
        var authenticated = await authenticator.AuthenticateAsync(context, allowQueryToken: true);
        if (!authenticated.TryGet(out var caller, out fault)) return fault;
        if (!WebSocketHandshake.TryCheck(context, WebSocketHandshake.Protocol, required: false, out var answersProtocol, out fault)) return fault;
        if (!Query.TryRead(context.Request, out var query, out fault)
            || !query.TryGet(CursorParameters.After, out var after, out fault)) return fault;

        var session = new WebSocketSession(caller, after, parts, log);
        var begun = await parts.Registry.OpenAsync(session, context.RequestAborted);
        if (!begun.TryGet(out var opened, out fault)) return fault;
        turn.Dispose();
        try
        {
            if (!CursorParameters.Resolve(after, opened).TryGet(out var cursor, out fault)) return fault;
            if (session.IsClosed)
            {
                await session.CloseAsync(CloseReason.ClientGone);
                return session.Reason!.ToFault();
            }
            OutputQueue.KeepOwnTime(context);
            var stream = await WebSocketHandshake.AcceptAsync(context, answersProtocol ? WebSocketHandshake.Protocol : null);
            await session.RunAsync(stream, cursor, opened.Last, MakeReader, context.Abort);
            return null;
        }
        finally
        {
            await session.CloseAsync(CloseReason.ClientGone);
        }

        WebSocketReader MakeReader(WebSocketSession made) =>
            new(caller, made, users, parts.Limits.MessageBytes, parts.Limits.JsonDepth, domain.Value.Domain);
    }
}
