using Krewe.Core.Errors;
using Krewe.Protocols.Json;

namespace Krewe.Gateway.Api;

/// <summary>Whom a user will not hear.</summary>
internal sealed class BlockEndpoints(Users users) : IApiEndpoints
{
    private const string Tag = "blocks";
    private const string Path = "/v1/blocks/{address}";

    private static readonly Operation List = new("GET", "/v1/blocks", "getBlocks", "Whom the caller blocks.")
    {
        Tag = Tag,
        Answers = [Answer.Of(200, "The addresses.", "Blocks")],
    };

    private static readonly Operation Put = new("PUT", Path, "block", "Block somebody.")
    {
        Tag = Tag,
        Description = "What the blocked send is answered as if the caller did not exist, and they see no presence.",
        Parameters = [Parameters.Address],
        Answers = [Answer.Done()],
        Faults = [FaultCode.TooMany],
    };

    private static readonly Operation Remove = new("DELETE", Path, "unblock", "Block somebody no longer.")
    {
        Tag = Tag,
        Parameters = [Parameters.Address],
        Answers = [Answer.Done("Done, or it was not blocked.")],
    };

    public void Map(ApiRoutes routes)
    {
        routes.Map(List, ListAsync);
        routes.Map(Put, PutAsync);
        routes.Map(Remove, RemoveAsync);
    }

    private async ValueTask<ApiReply> ListAsync(ApiRequest request)
    {
        var outcome = await users.ReadAsync(request.Address, user => user.Roster.GetBlocksAsync(), request.Aborted);
        return outcome.TryGet(out var blocks, out var fault) ? ApiReply.Json(output => ListJson.Write(blocks, AddressJson.Write, output)) : fault;
    }

    private async ValueTask<ApiReply> PutAsync(ApiRequest request) => request.TryGet(Parameters.Address, out var address, out var fault)
        ? ApiReply.Of(await users.CallAsync(request.Address, user => user.Roster.BlockAsync(address), request.Aborted))
        : fault;

    private async ValueTask<ApiReply> RemoveAsync(ApiRequest request) => request.TryGet(Parameters.Address, out var address, out var fault)
        ? ApiReply.Of(await users.CallAsync(request.Address, user => user.Roster.UnblockAsync(address), request.Aborted))
        : fault;
}
