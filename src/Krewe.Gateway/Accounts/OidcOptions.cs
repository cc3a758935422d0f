using System.ComponentModel.DataAnnotations;

namespace Krewe.Gateway.Accounts;

/// <summary>An OpenID Connect issuer, <c>Krewe:Accounts:Oidc</c>: its tokens name users here, and an account is made at first sight.</summary>
public sealed class OidcOptions : IValidatableObject
{
    /// <summary>The issuer's address, as it stands in the tokens; its metadata is read from <c>/.well-known/openid-configuration</c> below it.
    /// HTTPS, except on loopback. Default: none, and then no foreign token is good.</summary>
    public string? Issuer { get; set; }

    /// <summary>The audience that tokens for this server bear. Required with an issuer. Default: none.</summary>
    public string? Audience { get; set; }

    /// <summary>The claim that holds the user's name here. The issuer must give each value to one person for ever. Default: preferred_username.</summary>
    [Required] public string UserClaim { get; set; } = "preferred_username";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Issuer is null)
        {
            if (Audience is not null) yield return new("needs Krewe:Accounts:Oidc:Issuer", [nameof(Audience)]);
            yield break;
        }
        if (!Uri.TryCreate(Issuer, UriKind.Absolute, out var issuer) || !(issuer.Scheme == "https" || (issuer.Scheme == "http" && issuer.IsLoopback)))
            yield return new("must be an https address (http on loopback)", [nameof(Issuer)]);
        if (string.IsNullOrEmpty(Audience))
            yield return new("required with an issuer: without it, a token for any other application would be good here", [nameof(Audience)]);
    }
}
