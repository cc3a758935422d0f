using Krewe.Core.Errors;
using Krewe.Gateway.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Krewe.Gateway.Accounts;

/// <summary>Finds out who sends a request (RFC 6750), and asks the user's grain whether the token still holds.</summary>
internal sealed class Authenticator(TokenService tokens, OidcTokens oidc, TokenCache cache, Users users)
{
    public const string QueryParameter = "access_token";

    private const string Scheme = "Bearer ";

    // The call that this is about has to follow, within 10 s for both.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <param name="allowQueryToken">Only where a browser cannot set a header: streams and sockets. Elsewhere a token in the query is refused,
    /// for addresses get into histories and logs.</param>
    public async ValueTask<Outcome<Caller>> AuthenticateAsync(HttpContext context, bool allowQueryToken)
    {
        if (!TryFindToken(context.Request, allowQueryToken, out var token, out var source, out var fault)) return fault!;
        var checkedToken = await CheckAsync(token!, context.RequestAborted);
        if (!checkedToken.TryGet(out var caller, out fault)) return fault.Code == FaultCode.Unauthorized ? fault with { Member = source } : fault;
        var authorized = await users.CallAsync(caller.Address, grain => grain.Account.AuthorizeAsync(caller.Token), context.RequestAborted, patience: Patience);
        if (authorized.Fault is null) return caller;
        return authorized.Fault.Code == FaultCode.Unauthorized ? authorized.Fault with { Member = source } : authorized.Fault;
    }

    /// <summary>Whose token it is, if it is good now.</summary>
    public async ValueTask<Outcome<Caller>> AuthenticateAsync(string token, CancellationToken cancellationToken)
    {
        var checkedToken = await CheckAsync(token, cancellationToken);
        if (!checkedToken.TryGet(out var caller, out _)) return checkedToken;
        var authorized = await users.CallAsync(caller.Address, grain => grain.Account.AuthorizeAsync(caller.Token), cancellationToken);
        return authorized.Fault is { } fault ? fault : caller;
    }

    private async ValueTask<Outcome<Caller>> CheckAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length is 0 or > TokenService.MaxLength) return NotGood;
        var key = TokenCache.Key.Of(token);
        if (cache.Find(key) is { } known) return known;
        var outcome = await tokens.ValidateAsync(token) is { } own ? own : await oidc.ValidateAsync(token, cancellationToken) ?? NotGood;
        if (outcome.TryGet(out var caller, out _)) cache.Add(key, caller);
        return outcome;
    }

    private static Fault NotGood => new(FaultCode.Unauthorized, "The token is not genuine, or has expired.");

    private static bool TryFindToken(HttpRequest request, bool allowQuery, out string? token, out string? source, out Fault? fault)
    {
        (token, source) = (null, null);
        var header = request.Headers.Authorization;
        if (!Query.TryRead(request, out var query, out fault)) return false;
        var inQuery = query.TryGet(QueryParameter, out var queryToken);
        if (header.Count > 1 || (header.Count == 1 && inQuery))
            fault = new Fault(FaultCode.BadRequest, "A token is given once: in the header or in the query.") { Member = HeaderNames.Authorization };
        else if (header.Count == 1)
            (token, source) = (header[0]!.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[0]![Scheme.Length..].Trim() : "", HeaderNames.Authorization);
        else if (inQuery && !allowQuery)
            fault = new Fault(FaultCode.Unauthorized, "A token in the query is taken for streams and sockets alone; use the Authorization header.") { Member = QueryParameter };
        else if (inQuery)
            (token, source) = (queryToken, QueryParameter);
        else
            fault = new Fault(FaultCode.Unauthorized, "A bearer token is needed.");
        return fault is null;
    }
}
