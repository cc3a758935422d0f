namespace Krewe.Core.Draining;

/// <summary>How far a silo is on its way out. There is no way back: a drained silo is restarted.</summary>
[GenerateSerializer, Alias("krewe.DrainStage")]
public enum DrainStage
{
    /// <summary>Takes clients and users.</summary>
    Serving = 0,

    /// <summary>Its clients are told to come back elsewhere, its users move to other silos.</summary>
    Draining = 1,

    /// <summary>Nothing is left that a stop would disturb, or the time for it is over.</summary>
    Drained = 2,
}
