namespace Krewe.Core.Accounts;

/// <summary>What a server keeps of a password for one SCRAM mechanism (RFC 5802, section 3); the password cannot be had from it.</summary>
[GenerateSerializer, Immutable, Alias("krewe.ScramVerifier")]
public sealed record ScramVerifier
{
    [Id(0)] public required byte[] Salt { get; init; }
    [Id(1)] public required int Iterations { get; init; }
    [Id(2)] public required byte[] StoredKey { get; init; }
    [Id(3)] public required byte[] ServerKey { get; init; }
}

/// <summary>One password's verifiers for every mechanism that is served.</summary>
[GenerateSerializer, Immutable, Alias("krewe.Credentials")]
public sealed record Credentials([property: Id(0)] ScramVerifier Sha256, [property: Id(1)] ScramVerifier Sha1);
