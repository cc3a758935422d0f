namespace Krewe.Core.Users;

/// <summary>What a gateway says of a session that it holds.</summary>
[GenerateSerializer, Immutable, Alias("krewe.SessionInfo")]
public sealed record SessionInfo
{
    /// <summary>Unique in the cluster; chosen by the gateway.</summary>
    [Id(0)] public required string SessionId { get; init; }

    /// <summary>The device (XMPP: the resource). Sessions of one device share its presence.</summary>
    [Id(1)] public required string Device { get; init; }

    /// <summary>The silo whose gateway stream reaches the session; its generation makes a restarted gateway another one.</summary>
    [Id(2)] public required SiloAddress Gateway { get; init; }

    [Id(3)] public SessionWants Wants { get; init; } = SessionWants.All;

    /// <summary>The token it was opened with, so that signing out ends it.</summary>
    [Id(4)] public string? TokenId { get; init; }

    /// <summary>True: the device becomes available by this session unless it said otherwise (native clients). False: it waits for a presence (XMPP).</summary>
    [Id(5)] public bool AutoAvailable { get; init; } = true;

    /// <summary>The cursor that the client came with; null where there is none.</summary>
    [Id(6)] public long? Cursor { get; init; }

    /// <summary>The session was registered before, with an activation of the grain that is gone: its client has seen presence that may be out of date.</summary>
    [Id(7)] public bool Again { get; init; }

    /// <summary>No other exclusive session may have the device: one that is there ends (XMPP: one stream a full address).</summary>
    [Id(8)] public bool Exclusive { get; init; }
}

/// <summary>The kinds of event that a session wants on its gateway's stream.</summary>
[Flags, GenerateSerializer, Alias("krewe.SessionWants")]
public enum SessionWants
{
    None = 0,
    Items = 1,
    /// <summary>Presence, typing and contact changes.</summary>
    Presence = 2,
    /// <summary>Besides <see cref="Presence"/>: every device's presence, not only the person's as a whole (XMPP).</summary>
    Devices = 4,
    All = Items | Presence,
}

/// <summary>What a session starts from.</summary>
/// <param name="First">The first <c>seq</c> that is left.</param>
/// <param name="Last">The newest <c>seq</c>.</param>
/// <param name="Core">The silo that holds the user's grain: when it dies, the session must be registered again.</param>
[GenerateSerializer, Immutable, Alias("krewe.SessionOpened")]
public sealed record SessionOpened([property: Id(0)] long First, [property: Id(1)] long Last, [property: Id(2)] SiloAddress Core)
{
    /// <summary>Up to here some device of the user has dealt with everything: where a client without a cursor of its own begins (XMPP: offline messages).</summary>
    [Id(3)] public long Delivered { get; init; }
}
