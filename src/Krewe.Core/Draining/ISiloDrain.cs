namespace Krewe.Core.Draining;

/// <summary>The drain of this process's silo.</summary>
public interface ISiloDrain
{
    /// <summary>Cheap: asked with every request.</summary>
    DrainStage Stage { get; }

    DrainStatus Status { get; }

    /// <summary>Begins to drain, if that has not begun. Completes when the silo is drained; does not throw.</summary>
    Task DrainAsync();
}

/// <summary>The drain of any silo of the cluster.</summary>
public interface IClusterDrain
{
    /// <summary>Has a silo begin to drain, if that has not begun; answers at once with how it stands.</summary>
    ValueTask<DrainStatus> DrainAsync(SiloAddress silo);

    ValueTask<DrainStatus> StatusAsync(SiloAddress silo);
}
