using System.Net;
using System.Security.Cryptography;
using Krewe.Core.Accounts;
using Krewe.Core.Errors;
using Krewe.Gateway.Api;
using Krewe.Protocols.Json;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Accounts;

/// <summary>Signing in with a password, and out.</summary>
internal sealed class TokenEndpoints(
    Users users, PasswordWork passwords, LoginThrottles throttles, TokenService tokens, Lazy<IClusterSecret> secret, IOptions<ScramOptions> scram,
    ApiMetrics metrics) : IApiEndpoints
{
    private const string Tag = "accounts";

    private static readonly Operation Create = new("POST", "/v1/tokens", "createToken", "Sign in: get a token for a device.")
    {
        Tag = Tag,
        Description = "Takes the same time whether or not the user exists. The same device name at every sign-in keeps the device's place in the mailbox.",
        Access = Access.Anyone,
        Body = new(CredentialReader.TokenMembers),
        Answers = [Answer.Of(200, "The token.", "Token")],
        Faults = [FaultCode.BadCredentials, FaultCode.RateLimited, FaultCode.TooMany],
    };

    private static readonly Operation Delete = new("DELETE", "/v1/tokens/current", "deleteToken", "Sign out: the token of this request ends.")
    {
        Tag = Tag,
        Description = "At once for requests; open streams and sockets close within 5 seconds.",
        Answers = [Answer.Done()],
    };

    public void Map(ApiRoutes routes)
    {
        routes.Map(Create, CreateAsync);
        routes.Map(Delete, DeleteAsync);
    }

    private async ValueTask<ApiReply> CreateAsync(ApiRequest request)
    {
        if (!request.TryReadBody(out var json, out var fault) || !CredentialReader.TryRead(json, request.Domain, out var login, out fault)) return fault;
        var remote = request.Context.Connection.RemoteIpAddress;
        fault = throttles.Failures.TryCount(remote, "Too many failed logins from this network address.") ?? await CheckAsync(login, request, remote);
        metrics.LoggedIn(fault is null ? "good" : fault.Code == FaultCode.BadCredentials ? "bad" : fault.Code == FaultCode.RateLimited ? "throttled" : "unavailable");
        if (fault is not null) return fault;
        var (token, info) = tokens.Issue(login.Address, login.Device ?? NewDevice());
        var opened = await users.CallAsync(login.Address, user => user.Account.OpenTokenAsync(info), request.Aborted);
        return opened.Fault is { } refused
            ? refused
            : ApiReply.Json(output => TokenJson.Write(token, info.ExpiresAt, login.Address, info.Device, output));
    }

    /// <summary>Null if the password fits. The network address was charged before, so that many tries at once are all counted.</summary>
    private async ValueTask<Fault?> CheckAsync(PasswordLogin login, ApiRequest request, IPAddress? remote)
    {
        var local = login.Address.Domain.SequenceEqual(request.Domain);
        var begun = local
            ? await users.CallAsync(login.Address, user => user.Account.BeginLoginAsync(), request.Aborted)
            : new LoginChallenge(Scram.Pretend(secret.Value.Key.Span, login.Address.Text, scram.Value.Iterations), Exists: false);
        if (begun.TryGet(out var challenge, out var fault))
        {
            var verified = await passwords.VerifyAsync(login.Password, challenge.Credentials.Sha256, request.Aborted);
            if (verified.TryGet(out var fits, out fault))
            {
                var good = fits && challenge.Exists;
                if (local) fault = await EndAsync(login, good);
                if (!good) return fault ?? new Fault(FaultCode.BadCredentials, "There is no such user, or the password is another.");
            }
        }
        // A good login, or one that was not tried: no failure of this address.
        throttles.Failures.Forgive(remote);
        return fault;
    }

    private async ValueTask<Fault?> EndAsync(PasswordLogin login, bool good)
    {
        var ended = await users.CallAsync<Done>(
            login.Address,
            async user =>
            {
                await user.Account.EndLoginAsync(good);
                return default(Done);
            },
            // A client that goes away at once does not take its failure with it.
            CancellationToken.None);
        return ended.Fault;
    }

    private async ValueTask<ApiReply> DeleteAsync(ApiRequest request) =>
        ApiReply.Of(await users.CallAsync(request.Address, user => user.Account.RevokeTokenAsync(request.Caller.Token), request.Aborted));

    // Easy to tell apart in a list, and never the same twice: two devices of one name would share a cursor.
    private static string NewDevice() => "device-" + RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 10);
}
