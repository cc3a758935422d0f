using System.Globalization;
using Krewe.Core.Connections;
using Krewe.Core.Errors;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Api;
using Krewe.Gateway.Connections;
using Krewe.Gateway.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Krewe.Gateway.Transports.Streaming;

/// <summary><c>GET /v1/mailbox/stream</c>: the mailbox in one response that stays open.</summary>
internal sealed class StreamEndpoint(Authenticator authenticator, Admission admission, SessionParts parts)
{
    /// <summary>The first is served where the client has no preference.</summary>
    public static IReadOnlyList<IStreamFormat> Formats { get; } = [new ServerSentEvents(), new NdjsonLines(), new ForeverFrame()];

    public async Task GetAsync(HttpContext context)
    {
        if (await StreamAsync(context) is { } fault) await Problems.WriteAsync(context, fault);
    }

    private async ValueTask<Fault?> StreamAsync(HttpContext context)
    {
        var entered = await admission.EnterAsync(context.RequestAborted);
        if (!entered.TryGet(out var turn, out var fault)) return fault;
        using var whatever = turn;
        var authenticated = await authenticator.AuthenticateAsync(context, allowQueryToken: true);
        if (!authenticated.TryGet(out var caller, out fault)) return fault;
        var format = Negotiation.Choose(context.Request.Headers.Accept, Formats, format => format.MediaType);
        if (format is null) return new Fault(FaultCode.NotAcceptable, $"Here are {string.Join(", ", Formats.Select(one => one.MediaType))}.") { Member = "Accept" };
        if (!TryReadCursor(context.Request, out var after, out fault)) return fault;

        var session = new StreamSession(caller, after, format, context.Response.Body, context.Abort, parts);
        var begun = await parts.Registry.OpenAsync(session, context.RequestAborted);
        if (!begun.TryGet(out var opened, out fault)) return fault;
        turn.Dispose();
        try
        {
            if (!CursorParameters.Resolve(after, opened).TryGet(out var cursor, out fault)) return fault;
            SetHeaders(context, format);
            DeadPeer.Watch(context);
            OutputQueue.KeepOwnTime(context);
            using var gone = context.RequestAborted.UnsafeRegister(static session => _ = ((StreamSession)session!).CloseAsync(CloseReason.ClientGone), session);
            var started = session.TryStart(cursor, opened.Last);
            await session.Ended;
            if (started) return null;
            await session.CloseAsync(CloseReason.ClientGone);
            return session.Reason!.ToFault();
        }
        finally
        {
            await session.CloseAsync(CloseReason.ClientGone);
        }
    }

    private static void SetHeaders(HttpContext context, IStreamFormat format)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var response = context.Response;
        response.ContentType = format.ContentType;
        response.Headers.CacheControl = "no-store, no-transform";
        // nginx and its kin hold back what they think is a small answer.
        response.Headers["X-Accel-Buffering"] = "no";
        format.WriteHeaders(response.Headers);
    }

    // WHATWG HTML, section 9.2: a browser that reconnects sends the last id that it saw, with the address of the first time.
    private static bool TryReadCursor(HttpRequest request, out long? after, out Fault? fault)
    {
        after = null;
        if (!Query.TryRead(request, out var query, out fault) || !query.TryGet(CursorParameters.After, out after, out fault)) return false;
        var last = request.Headers[CursorParameters.LastEventId.Name];
        if (last.Count == 0 || last[0] == "") return true;
        if (last.Count == 1 && long.TryParse(last[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            after = id;
            return true;
        }
        fault = Fault.BadRequest(CursorParameters.LastEventId.Name, "The number of an item.");
        return false;
    }
}
