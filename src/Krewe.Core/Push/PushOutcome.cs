namespace Krewe.Core.Push;

/// <summary>What to do after a push service has answered.</summary>
[GenerateSerializer, Alias("krewe.PushVerdict")]
public enum PushVerdict
{
    /// <summary>The service took it.</summary>
    Sent = 1,
    /// <summary>Try this device again later.</summary>
    Retry,
    /// <summary>The token is dead: forget the registration, unless a newer one stands there by now.</summary>
    TokenDead,
    /// <summary>The token looks invalid: forget it if it looks so a second time.</summary>
    TokenSuspect,
    /// <summary>The token belongs to another project: disable the registration and raise an alarm.</summary>
    TokenForeign,
    /// <summary>The device gets too many: wait, and let newer messages join.</summary>
    DeviceThrottled,
    /// <summary>The whole lane waits for <see cref="PushOutcome.RetryAfter"/>, then goes on by itself.</summary>
    LanePaused,
    /// <summary>The operator must mend something: the lane stops, an alarm is raised, nothing is deleted.</summary>
    LaneBroken,
    /// <summary>Our own fault: set this one aside for the operator, keep the token.</summary>
    DeadLetter,
    /// <summary>An unknown refusal: try twice more, then set it aside; keep the token.</summary>
    RetryTwice,
}

/// <summary>How one attempt ended.</summary>
/// <param name="Code">The vendor's own word or number, for logs and metrics.</param>
[GenerateSerializer, Immutable, Alias("krewe.PushOutcome")]
public sealed record PushOutcome([property: Id(0)] PushVerdict Verdict, [property: Id(1)] string Code)
{
    /// <summary>The least time to wait, if the service said one.</summary>
    [Id(2)] public TimeSpan? RetryAfter { get; init; }

    /// <summary>With <see cref="PushVerdict.TokenDead"/>: since when; registrations made later stay.</summary>
    [Id(3)] public DateTimeOffset? DeadSince { get; init; }
}
