using Krewe.Protocols.Json;

namespace Krewe.Gateway.Api;

/// <summary>What a device says of itself.</summary>
internal sealed class PresenceEndpoints(Users users) : IApiEndpoints
{
    private static readonly Operation Set = new("PUT", "/v1/presence", "setPresence", "Say how available this device is.")
    {
        Tag = "presence",
        Description = "A device is available from its first connection or poll on, unless it said otherwise here.",
        Body = new(PresenceReader.Members),
        Answers = [Answer.Done()],
    };

    public void Map(ApiRoutes routes) => routes.Map(Set, SetAsync);

    private async ValueTask<ApiReply> SetAsync(ApiRequest request)
    {
        if (!request.TryReadBody(out var json, out var fault) || !PresenceReader.TryRead(json, out var presence, out fault)) return fault;
        return ApiReply.Of(await users.CallAsync(
            request.Address, user => user.Sessions.SetPresenceAsync(request.Caller.Device, presence), request.Aborted));
    }
}
