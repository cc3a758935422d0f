using System.Globalization;
using Krewe.Core.Errors;
using Krewe.Protocols.Json;
using Microsoft.AspNetCore.Http;

namespace Krewe.Gateway.Api;

/// <summary>Sending, acknowledging, and looking back.</summary>
internal sealed class MessageEndpoints(Users users, TimeProvider time) : IApiEndpoints
{
    private const string Tag = "messages";

    private static readonly NumberParameter Before = new("before", "Only messages with a lower seq; left out: from the newest.", 1);

    private static readonly Operation Send = new("POST", "/v1/messages", "sendMessage", "Send a message.")
    {
        Tag = Tag,
        Description = "Answered once the message is durable in the sender's and the recipient's mailbox. At least one of body and data is needed.",
        Body = new(MessageReader.Members),
        Answers =
        [
            Answer.Of(201, "The message is durable in both mailboxes.", "Sent"),
            Answer.Of(200, "The id was used for this message before: nothing was stored, this is the first answer.", "Sent"),
        ],
        Faults = [FaultCode.NotFound, FaultCode.IdConflict],
    };

    private static readonly Operation AckItems = new("POST", "/v1/mailbox/ack", "ackMailbox", "Say that this device has dealt with everything up to seq.")
    {
        Tag = Tag,
        Description = "Each sender gets one receipt with the ids. An ack never moves back: one for less than before does nothing.",
        Body = new(AckReader.Members),
        Answers = [Answer.Done()],
        Faults = [FaultCode.CursorAhead],
    };

    private static readonly Operation History = new("GET", "/v1/history/{address}", "getHistory", "The messages exchanged with one user, newest first.")
    {
        Tag = Tag,
        Parameters = [Parameters.Address, Before, Parameters.Limit],
        Answers = [Answer.Of(200, "A page; without next, there is nothing older.", "History")],
    };

    public void Map(ApiRoutes routes)
    {
        routes.Map(Send, SendAsync);
        routes.Map(AckItems, AckAsync);
        routes.Map(History, ReadHistoryAsync);
    }

    private async ValueTask<ApiReply> SendAsync(ApiRequest request)
    {
        if (!request.TryReadBody(out var json, out var fault) || !MessageReader.TryRead(json, request.Domain, out var draft, out fault)) return fault;
        // An id before the first attempt, so that a second one, if a silo dies under the first, cannot store the message twice.
        if (draft.Id is null) draft = draft with { Id = Guid.CreateVersion7(time.GetUtcNow()).ToString("N", CultureInfo.InvariantCulture) };
        var outcome = await users.CallAsync(
            request.Address, async user => (await user.Mailbox.SendAsync(request.Caller.Device, [draft]))[0], request.Aborted);
        return outcome.TryGet(out var sent, out fault) ? ApiReply.Json(output => SentJson.Write(sent, output), sent.Repeated ? StatusCodes.Status200OK : StatusCodes.Status201Created) : fault;
    }

    private async ValueTask<ApiReply> AckAsync(ApiRequest request)
    {
        if (!request.TryReadBody(out var json, out var fault) || !AckReader.TryRead(json, out var ack, out fault)) return fault;
        return ApiReply.Of(await users.CallAsync(
            request.Address, user => user.Mailbox.AckAsync(request.Caller.Device, ack.Seq, ack.Read), request.Aborted));
    }

    private async ValueTask<ApiReply> ReadHistoryAsync(ApiRequest request)
    {
        if (!request.TryGet(Parameters.Address, out var peer, out var fault) || !request.TryGet(Before, out var before, out fault)
            || !request.TryGet(Parameters.Limit, out var limit, out fault)) return fault;
        var outcome = await users.CallAsync(
            request.Address, user => user.Mailbox.ReadHistoryAsync(peer, before, (int)limit!.Value), request.Aborted);
        return outcome.TryGet(out var page, out fault) ? ApiReply.Json(output => PageJson.Write(page, output)) : fault;
    }
}
