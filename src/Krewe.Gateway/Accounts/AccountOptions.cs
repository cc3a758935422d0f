using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Accounts;

/// <summary>Who may make accounts.</summary>
public enum RegistrationPolicy
{
    /// <summary>Anybody who reaches the server.</summary>
    Open = 1,
    /// <summary>The operator alone.</summary>
    Closed,
}

/// <summary>Accounts and tokens, <c>Krewe:Accounts</c>; what the grains need of it is in <see cref="Core.Accounts.ScramOptions"/>.</summary>
public sealed class AccountOptions
{
    /// <summary>Who may make accounts. Default: open while every listener is on loopback and no OpenID Connect issuer is configured, else closed.</summary>
    public RegistrationPolicy? Registration { get; set; }

    /// <summary>How long a token is good for. Default: 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")] public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Characters of a new password, at least. Default: 1, so that a trial is easy; raise it for people.</summary>
    [Range(1, 256)] public int MinPasswordLength { get; set; } = 1;

    /// <summary>An OpenID Connect issuer whose tokens are good here too. Default: none.</summary>
    [ValidateObjectMembers] public OidcOptions Oidc { get; set; } = new();
}
