namespace Krewe.Push.Delivery;

/// <summary>How a lane fares.</summary>
public enum LaneState
{
    /// <summary>Pushes go out.</summary>
    Open = 0,
    /// <summary>The service asked for a pause, or is away.</summary>
    Resting = 1,
    /// <summary>One push is sent to see whether the service is back.</summary>
    Probing = 2,
    /// <summary>The operator must mend something; a push is tried now and then.</summary>
    Broken = 3,
}

/// <param name="State">How it is now.</param>
/// <param name="OpensAt">When it tries again, if it rests.</param>
/// <param name="Why">The service's word that closed it.</param>
public readonly record struct LaneCondition(LaneState State, DateTimeOffset? OpensAt, string? Why);
