using Krewe.Core.Contacts;
using Krewe.Core.Errors;
using Krewe.Protocols.Json;

namespace Krewe.Gateway.Api;

/// <summary>Whose messages wake no device.</summary>
internal sealed class MuteEndpoints(Users users) : IApiEndpoints
{
    private const string Tag = "mutes";
    private const string Path = "/v1/mutes/{address}";

    private static readonly Operation List = new("GET", "/v1/mutes", "getMutes", "Whom the caller has muted.")
    {
        Tag = Tag,
        Answers = [Answer.Of(200, "The conversations, each with its end if it has one.", "Mutes")],
    };

    private static readonly Operation Put = new("PUT", Path, "mute", "Do not push what somebody sends.")
    {
        Tag = Tag,
        Description = "Their messages arrive and count as unread as ever, but wake no device, not even those marked as urgent.",
        Parameters = [Parameters.Address],
        Body = new(MuteReader.Members) { Optional = true },
        Answers = [Answer.Done()],
        Faults = [FaultCode.TooMany],
    };

    private static readonly Operation Remove = new("DELETE", Path, "unmute", "Push what somebody sends again.")
    {
        Tag = Tag,
        Parameters = [Parameters.Address],
        Answers = [Answer.Done("Done, or it was not muted.")],
    };

    public void Map(ApiRoutes routes)
    {
        routes.Map(List, ListAsync);
        routes.Map(Put, PutAsync);
        routes.Map(Remove, RemoveAsync);
    }

    private async ValueTask<ApiReply> ListAsync(ApiRequest request)
    {
        var outcome = await users.ReadAsync(request.Address, user => user.Roster.GetMutesAsync(), request.Aborted);
        return outcome.TryGet(out var mutes, out var fault) ? ApiReply.Json(output => ListJson.Write(mutes, MuteJson.Write, output)) : fault;
    }

    private async ValueTask<ApiReply> PutAsync(ApiRequest request)
    {
        if (!request.TryGet(Parameters.Address, out var address, out var fault) || !request.TryReadBody(out var json, out fault)
            || !MuteReader.TryRead(json, out var until, out fault)) return fault;
        return ApiReply.Of(await users.CallAsync(request.Address, user => user.Roster.MuteAsync(new Mute(address, until)), request.Aborted));
    }

    private async ValueTask<ApiReply> RemoveAsync(ApiRequest request) => request.TryGet(Parameters.Address, out var address, out var fault)
        ? ApiReply.Of(await users.CallAsync(request.Address, user => user.Roster.UnmuteAsync(address), request.Aborted))
        : fault;
}
