using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Api;
using Krewe.Gateway.Connections;
using Krewe.Gateway.Sessions;
using Krewe.Protocols.Json;
using Microsoft.AspNetCore.Http;

namespace Krewe.Gateway.Transports.Polling;

/// <summary><c>GET /v1/mailbox</c>: polling, and with <c>wait</c> long-polling.</summary>
internal sealed class MailboxEndpoint(Authenticator authenticator, Users users, PollSessions sessions, SessionMetrics metrics)
{
    public static readonly NumberParameter Wait = new("wait", "Seconds to wait for an item, if there is none after the cursor.", 0, 60, 0);

    public static readonly HeaderParameter IfNoneMatch = new("If-None-Match", "The ETag of an earlier answer.");

    public async Task GetAsync(HttpContext context)
    {
        var outcome = await AnswerAsync(context);
        if (outcome.Fault is { } fault) await Problems.WriteAsync(context, fault);
    }

    private async ValueTask<Outcome<Done>> AnswerAsync(HttpContext context)
    {
        var aborted = context.RequestAborted;
        var authenticated = await authenticator.AuthenticateAsync(context, allowQueryToken: false);
        if (!authenticated.TryGet(out var caller, out var fault)) return fault;
        if (!TryReadQuery(context.Request, out var asked, out fault)) return fault!;
        var begun = await sessions.GetAsync(caller, aborted);
        if (!begun.TryGet(out var session, out fault)) return fault;

        var known = PageTag.ReadNoneMatch(context.Request.Headers);
        var after = asked.After ?? 0;
        if (known is [var last] && asked.Wait == TimeSpan.Zero && await IsUnchangedAsync(caller, after, asked.Limit, last, aborted))
            return NotModified(context, last);

        var read = await ReadAsync(caller, asked.After, asked.Limit, aborted);
        if (!read.TryGet(out var page, out fault)) return fault;
        if (page.Items.IsEmpty && asked.Wait > TimeSpan.Zero)
        {
            await session.WaitAsync(page.Next, asked.Wait, aborted);
            if (session.Ended is { Reconnect: false } ended) return ended.ToFault();
            aborted.ThrowIfCancellationRequested();
            read = await ReadAsync(caller, page.Next, asked.Limit, aborted);
            if (!read.TryGet(out page, out fault)) return fault;
        }
        var tag = new PageTag(after, page);
        if (known.Contains(tag) || PageTag.AnyWillDo(context.Request.Headers)) return NotModified(context, tag);
        await WriteAsync(context, tag, page);
        return default(Done);
    }

    /// <summary>A page that had items has the same ones still, if nothing came after the newest: one small read tells.</summary>
    private async ValueTask<bool> IsUnchangedAsync(Caller caller, long after, int limit, PageTag tag, CancellationToken aborted)
    {
        if (tag.After != after || tag.Next == after || tag.Next != Math.Min(after + limit, tag.Last)) return false;
        var read = await ReadAsync(caller, tag.Last, 1, aborted);
        return read.TryGet(out var page, out _) && page.Last == tag.Last;
    }

    private async ValueTask<Outcome<MailboxPage>> ReadAsync(Caller caller, long? after, int limit, CancellationToken aborted)
    {
        var read = await users.CallAsync(caller.Address, user => user.Mailbox.ReadAsync(after ?? 0, limit), aborted);
        // Without a cursor: from the first item that is left.
        if (after is null && read.Fault is { Code: FaultCode.CursorExpired, First: { } first })
            read = await users.CallAsync(caller.Address, user => user.Mailbox.ReadAsync(first - 1, limit), aborted);
        return read;
    }

    private Outcome<Done> NotModified(HttpContext context, PageTag tag)
    {
        metrics.Polled("unchanged");
        SetHeaders(context.Response, tag);
        context.Response.StatusCode = StatusCodes.Status304NotModified;
        return default(Done);
    }

    private async Task WriteAsync(HttpContext context, PageTag tag, MailboxPage page)
    {
        metrics.Polled(page.Items.IsEmpty ? "empty" : "items");
        metrics.Wrote("poll", page.Items.Length);
        var response = context.Response;
        SetHeaders(response, tag);
        response.ContentType = "application/json";
        var body = new PooledBytes();
        PageJson.Write(page, body);
        response.ContentLength = body.Length;
        await response.BodyWriter.WriteAsync(body.Memory, context.RequestAborted);
        body.Release();
    }

    private static void SetHeaders(HttpResponse response, PageTag tag)
    {
        response.Headers.ETag = tag.ToString();
        // A page is one user's own, and only worth something when asked for anew.
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.Vary = "Authorization";
    }

    private static bool TryReadQuery(HttpRequest request, out Asked asked, out Fault? fault)
    {
        asked = default;
        if (!Query.TryRead(request, out var query, out fault)
            || !query.TryGet(CursorParameters.After, out var after, out fault)
            || !query.TryGet(Parameters.Limit, out var limit, out fault)
            || !query.TryGet(Wait, out var wait, out fault)) return false;
        asked = new Asked(after, (int)(limit ?? Parameters.Limit.Default!), TimeSpan.FromSeconds(wait ?? 0));
        return true;
    }

    private readonly record struct Asked(long? After, int Limit, TimeSpan Wait);
}
