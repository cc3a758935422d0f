namespace Krewe.Core.Draining;

/// <summary>What is left on a silo, and until when it waits for it.</summary>
[GenerateSerializer, Immutable, Alias("krewe.DrainStatus")]
public sealed record DrainStatus
{
    [Id(0)] public required DrainStage Stage { get; init; }

    /// <summary>When the drain began; null while it serves.</summary>
    [Id(1)] public DateTimeOffset? Since { get; init; }

    /// <summary>When it no longer waits; null while it serves.</summary>
    [Id(2)] public DateTimeOffset? Deadline { get; init; }

    /// <summary>Clients' sessions on the silo now.</summary>
    [Id(3)] public required int Sessions { get; init; }

    /// <summary>Users whose grains are on the silo now.</summary>
    [Id(4)] public required int Users { get; init; }
}
