using Krewe.Core.Addresses;
using Krewe.Core.Devices;

namespace Krewe.Core.Push;

/// <summary>A device that is to be told something: one row a device, kept until the push service took it, it became needless or it was set aside.</summary>
[GenerateSerializer, Immutable, Alias("krewe.PendingPush")]
public sealed record PendingPush
{
    [Id(0)] public required Jid Owner { get; init; }

    [Id(1)] public required string Device { get; init; }

    [Id(2)] public required PushKind Kind { get; init; }

    /// <summary>The newest <c>seq</c> that it is about.</summary>
    [Id(3)] public required long Seq { get; init; }

    /// <summary>Not before.</summary>
    [Id(4)] public required DateTimeOffset Due { get; init; }

    /// <summary>When the first message that it is about came; what latency and expiry count from.</summary>
    [Id(5)] public required DateTimeOffset Since { get; init; }

    /// <summary>Attempts that failed so far.</summary>
    [Id(6)] public int Attempts { get; init; }

    /// <summary>The vendor's word at the last attempt.</summary>
    [Id(7)] public string? LastCode { get; init; }

    /// <summary>The push service that the device is registered with, so that rows of one that rests are not taken out.</summary>
    [Id(8)] public required PushPlatform Platform { get; init; }

    /// <summary>The claim that it was given out under; the outbox gives it, and takes back no other. 0: none.</summary>
    [Id(9)] public long Claim { get; init; }
}
