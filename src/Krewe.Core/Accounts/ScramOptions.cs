using System.ComponentModel.DataAnnotations;

namespace Krewe.Core.Accounts;

/// <summary>How new verifiers are made, <c>Krewe:Scram</c>. The same on every silo: pretended verifiers must look like real ones.</summary>
public sealed class ScramOptions
{
    /// <summary>Rounds of PBKDF2 behind a verifier; more makes stolen verifiers dearer to crack and every login slower. Default: 10 000.</summary>
    [Range(Scram.MinIterations, 10_000_000)] public int Iterations { get; set; } = 10_000;
}
