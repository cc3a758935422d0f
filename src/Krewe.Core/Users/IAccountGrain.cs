using Krewe.Core.Accounts;
using Krewe.Core.Errors;

namespace Krewe.Core.Users;

/// <summary>A user's account: that it exists, how it proves itself, which tokens are good.</summary>
[Alias("krewe.IAccountGrain")]
public interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>Makes the account; <see cref="FaultCode.AccountExists"/> if the name is taken or was once.</summary>
    [Alias("Create")]
    ValueTask<Outcome<Done>> CreateAsync(Credentials credentials);

    /// <summary>True if mail can be delivered here.</summary>
    [Alias("Exists")]
    ValueTask<bool> ExistsAsync();

    /// <summary>Begins a login by password or SCRAM: gives the verifiers (pretended ones for an unknown user), or
    /// <see cref="FaultCode.RateLimited"/> after repeated failures.</summary>
    [Alias("BeginLogin")]
    ValueTask<Outcome<LoginChallenge>> BeginLoginAsync();

    /// <summary>Tells how a login ended: failures count towards throttling, a success forgives them.</summary>
    [Alias("EndLogin")]
    ValueTask EndLoginAsync(bool succeeded);

    /// <summary>Replaces the verifiers; tokens stay good.</summary>
    [Alias("ChangePassword")]
    ValueTask<Outcome<Done>> ChangePasswordAsync(Credentials credentials);

    /// <summary>Notes a token and its device; the device appears in the user's list. <see cref="FaultCode.TooMany"/> beyond the bound on devices.</summary>
    [Alias("OpenToken")]
    ValueTask<Outcome<Done>> OpenTokenAsync(TokenInfo token);

    /// <summary>Asked for every request: is the account there and the token not revoked? A token of the configured OpenID Connect issuer
    /// creates its account at first sight (<see cref="TokenInfo.External"/>).</summary>
    [Alias("Authorize")]
    ValueTask<Outcome<Done>> AuthorizeAsync(TokenInfo token);

    /// <summary>Signs a token out, at once on every gateway; its connections are closed.</summary>
    [Alias("RevokeToken")]
    ValueTask<Outcome<Done>> RevokeTokenAsync(TokenInfo token);

    /// <summary>Deletes the account with everything in it; the name is not given out again.</summary>
    [Alias("Delete"), ResponseTimeout("00:00:30")]
    ValueTask<Outcome<Done>> DeleteAsync();
}
