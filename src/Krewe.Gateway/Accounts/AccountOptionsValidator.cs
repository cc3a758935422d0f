using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Accounts;

/// <summary>What the attributes cannot say of <see cref="AccountOptions"/>.</summary>
internal sealed class AccountOptionsValidator : IValidateOptions<AccountOptions>
{
    public ValidateOptionsResult Validate(string? name, AccountOptions options)
    {
        var oidc = options.Oidc;
        if (oidc.Issuer is null)
            return oidc.Audience is null ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail("Krewe:Accounts:Oidc:Audience needs an Issuer.");
        List<string> errors = [];
        if (!Uri.TryCreate(oidc.Issuer, UriKind.Absolute, out var issuer) || !(issuer.Scheme == "https" || (issuer.Scheme == "http" && issuer.IsLoopback)))
            errors.Add("Krewe:Accounts:Oidc:Issuer must be an https address (http on loopback).");
        if (string.IsNullOrEmpty(oidc.Audience))
            errors.Add("Krewe:Accounts:Oidc:Audience is required with an Issuer: without it, a token for any other application would be good here.");
        if (string.IsNullOrEmpty(oidc.UserClaim)) errors.Add("Krewe:Accounts:Oidc:UserClaim must not be empty.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
