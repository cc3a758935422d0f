using System.ComponentModel.DataAnnotations;

namespace Krewe.Core.Accounts;

/// <summary>How passwords are kept, <c>Krewe:Accounts</c>; the gateway, which derives verifiers, and the grains, which pretend them, must agree.</summary>
public sealed class CredentialOptions
{
    /// <summary>Iterations of PBKDF2 in a new account's verifiers: what one guess costs a thief. Default: 10 000.</summary>
    [Range(Scram.MinIterations, 10_000_000)] public int ScramIterations { get; set; } = 10_000;
}
