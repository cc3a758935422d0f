namespace Krewe.Core.Draining;

/// <summary>What a silo has to get rid of before it may stop; each part of the product has its own.</summary>
public interface IDrainStep
{
    DrainedKind Kind { get; }

    /// <summary>How many there are now.</summary>
    int Left { get; }

    /// <summary>Gets rid of all that there are. May be called again for what came meanwhile.</summary>
    /// <param name="deadline">Then it is no longer waited for.</param>
    Task DrainAsync(CancellationToken deadline);
}

public enum DrainedKind
{
    Sessions,
    Users,
}
