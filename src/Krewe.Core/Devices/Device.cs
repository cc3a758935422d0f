namespace Krewe.Core.Devices;

/// <summary>A device of a user, as the user's list shows it.</summary>
[GenerateSerializer, Immutable, Alias("krewe.Device")]
public sealed record Device
{
    [Id(0)] public required string Name { get; init; }

    /// <summary>When it last sent a request or had a connection, exact to a minute.</summary>
    [Id(1)] public required DateTimeOffset LastSeen { get; init; }

    [Id(2)] public PushRegistration? Push { get; init; }
}
