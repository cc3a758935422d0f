using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Limits;
using Krewe.Gateway.Api;
using Krewe.Protocols.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Accounts;

/// <summary>Making an account and deleting it.</summary>
internal sealed class AccountEndpoints(Users users, PasswordWork passwords, LoginThrottles throttles, IOptions<AccountOptions> options) : IApiEndpoints
{
    private const string Tag = "accounts";

    private static readonly Operation Create = new("POST", "/v1/accounts", "createAccount", "Make an account.")
    {
        Tag = Tag,
        Access = Access.Anyone,
        Body = new(CredentialReader.AccountMembers),
        Answers = [Answer.Of(201, "The account is there.", "Account")],
        Faults = [FaultCode.RegistrationClosed, FaultCode.AccountExists, FaultCode.RateLimited],
    };

    private static readonly Operation Delete = new("DELETE", "/v1/accounts/me", "deleteAccount", "Delete the caller's account with everything in it.")
    {
        Tag = Tag,
        Description = "The name is not given out again.",
        Answers = [Answer.Done()],
    };

    public void Map(ApiRoutes routes)
    {
        routes.Map(Create, CreateAsync);
        routes.Map(Delete, DeleteAsync);
    }

    private async ValueTask<ApiReply> CreateAsync(ApiRequest request)
    {
        if (options.Value.Registration != RegistrationPolicy.Open)
            return new Fault(FaultCode.RegistrationClosed, "On this server the operator makes the accounts.");
        if (!request.TryReadBody(out var json, out var fault) || !CredentialReader.TryRead(json, request.Domain, out var login, out fault)) return fault;
        if (!login.Address.Domain.SequenceEqual(request.Domain)) return Fault.BadRequest(CredentialReader.Username.Name, $"Accounts here are of {request.Domain}.");
        if (login.Address.Local is "." or "..") return Fault.BadRequest(CredentialReader.Username.Name, "In a path this name would mean a folder.");
        if (CharacterCount.Of(login.Password) < options.Value.MinPasswordLength)
            return Fault.BadRequest(CredentialReader.Password.Name, $"A password has at least {options.Value.MinPasswordLength} characters.");
        var remote = request.Context.Connection.RemoteIpAddress;
        fault = throttles.Registrations.TryCount(remote, "Too many accounts were made from this network address.");
        if (fault is not null) return fault;
        fault = await CreateAsync(login, request.Aborted);
        if (fault is null) return ApiReply.Json(output => AddressJson.WriteAccount(login.Address, output), StatusCodes.Status201Created);
        throttles.Registrations.Forgive(remote);
        return fault;
    }

    private async ValueTask<Fault?> CreateAsync(PasswordLogin login, CancellationToken cancellationToken)
    {
        // Asked first, because deriving is dear: the name of somebody who is there costs a caller nothing to try.
        var exists = await users.ReadAsync(login.Address, user => user.Account.ExistsAsync(), cancellationToken);
        if (!exists.TryGet(out var taken, out var fault)) return fault;
        if (taken) return Taken(login.Address);
        var derived = await passwords.DeriveAsync(login.Password, cancellationToken);
        if (!derived.TryGet(out var credentials, out fault)) return fault;
        // Not repeated: after an attempt that had its effect, the next would find the name taken by itself.
        var created = await users.CallAsync(login.Address, user => user.Account.CreateAsync(credentials), cancellationToken, idempotent: false);
        return created.Fault;
    }

    private async ValueTask<ApiReply> DeleteAsync(ApiRequest request) =>
        ApiReply.Of(await users.CallAsync(request.Address, user => user.Account.DeleteAsync(), request.Aborted));

    private static Fault Taken(Jid address) => new(FaultCode.AccountExists, $"{address} is taken.") { Member = CredentialReader.Username.Name };
}
