using Krewe.Core.Contacts;
using Krewe.Core.Errors;
using Krewe.Protocols.Json;

namespace Krewe.Gateway.Api;

/// <summary>The roster, and who may see whose presence.</summary>
internal sealed class ContactEndpoints(Users users) : IApiEndpoints
{
    private const string Tag = "contacts";
    private const string Path = "/v1/contacts/{address}";

    private static readonly Operation List = new("GET", "/v1/contacts", "getContacts", "The caller's contacts.")
    {
        Tag = Tag,
        Answers = [Answer.Of(200, "All contacts, and those who ask to become one.", "Contacts")],
    };

    private static readonly Operation Put = new("PUT", Path, "putContact", "Store a contact's name and groups, and ask to see the contact's presence.")
    {
        Tag = Tag,
        Parameters = [Parameters.Address],
        Body = new(ContactReader.Members) { Optional = true },
        Answers = [Answer.Done()],
        Faults = [FaultCode.NotFound, FaultCode.TooMany],
    };

    private static readonly Operation Remove = new("DELETE", Path, "removeContact", "Forget a contact and end both directions of presence.")
    {
        Tag = Tag,
        Parameters = [Parameters.Address],
        Answers = [Answer.Done()],
        Faults = [FaultCode.NotFound],
    };

    private static readonly Operation Approve = new("POST", Path + "/approve", "approveContact", "Let somebody who asked see the caller's presence.")
    {
        Tag = Tag,
        Parameters = [Parameters.Address],
        Answers = [Answer.Done()],
        Faults = [FaultCode.NotFound, FaultCode.TooMany],
    };

    private static readonly Operation Deny = new("POST", Path + "/deny", "denyContact", "Do not let somebody who asked see the caller's presence.")
    {
        Tag = Tag,
        Parameters = [Parameters.Address],
        Answers = [Answer.Done()],
        Faults = [FaultCode.NotFound],
    };

    public void Map(ApiRoutes routes)
    {
        routes.Map(List, ListAsync);
        routes.Map(Put, PutAsync);
        routes.Map(Remove, RemoveAsync);
        routes.Map(Approve, request => AnswerAsync(request, SubscriptionStanza.Subscribed));
        routes.Map(Deny, request => AnswerAsync(request, SubscriptionStanza.Unsubscribed));
    }

    private async ValueTask<ApiReply> ListAsync(ApiRequest request)
    {
        var outcome = await users.ReadAsync(request.Address, user => user.Roster.GetContactsAsync(), request.Aborted);
        return outcome.TryGet(out var contacts, out var fault) ? ApiReply.Json(output => ListJson.Write(contacts, ContactJson.Write, output)) : fault;
    }

    private async ValueTask<ApiReply> PutAsync(ApiRequest request)
    {
        if (!request.TryGet(Parameters.Address, out var address, out var fault) || !request.TryReadBody(out var json, out fault)
            || !ContactReader.TryRead(json, out var contact, out fault)) return fault;
        return Reply(await users.CallAsync(request.Address, user => user.Roster.AddContactAsync(address, contact.Name, contact.Groups), request.Aborted));
    }

    private async ValueTask<ApiReply> RemoveAsync(ApiRequest request) => request.TryGet(Parameters.Address, out var address, out var fault)
        ? Reply(await users.CallAsync(request.Address, user => user.Roster.RemoveContactAsync(address), request.Aborted))
        : fault;

    private async ValueTask<ApiReply> AnswerAsync(ApiRequest request, SubscriptionStanza stanza) => request.TryGet(Parameters.Address, out var address, out var fault)
        ? Reply(await users.CallAsync(request.Address, user => user.Roster.SendSubscriptionAsync(address, stanza), request.Aborted))
        : fault;

    // What is not found is what the path names.
    private static ApiReply Reply(Outcome<Done> outcome) =>
        outcome.Fault is { Code: FaultCode.NotFound, Member: null } fault ? fault with { Member = Parameters.Address.Name } : ApiReply.Of(outcome);
}
