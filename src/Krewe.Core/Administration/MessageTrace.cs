using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;

namespace Krewe.Core.Administration;

/// <summary>One mailbox's word on a message: where it is in it, and how far the owner's devices are. From disk, so always there; no content.</summary>
[GenerateSerializer, Immutable, Alias("krewe.MessageTrace")]
public sealed record MessageTrace
{
    [Id(0)] public required Jid Owner { get; init; }
    [Id(1)] public required long Seq { get; init; }
    [Id(2)] public required ItemKind Kind { get; init; }
    [Id(3)] public required string Id { get; init; }
    [Id(4)] public required Jid From { get; init; }
    [Id(5)] public required Jid To { get; init; }
    [Id(6)] public string? Device { get; init; }
    [Id(7)] public required DateTimeOffset SentAt { get; init; }

    /// <summary>Some device of the owner has acked it, and its sender was or will be told.</summary>
    [Id(8)] public bool Delivered { get; init; }

    [Id(9)] public bool Read { get; init; }

    [Id(10)] public ImmutableArray<DeviceTrace> Devices { get; init; } = [];

    /// <summary>Receipts about it that are in this mailbox.</summary>
    [Id(11)] public ImmutableArray<ReceiptTrace> Receipts { get; init; } = [];
}

/// <param name="Acked">The device has dealt with it.</param>
/// <param name="Shown">A push about it, or about something newer, was taken for the device.</param>
[GenerateSerializer, Immutable, Alias("krewe.DeviceTrace")]
public sealed record DeviceTrace([property: Id(0)] string Name, [property: Id(1)] bool Acked, [property: Id(2)] bool Shown);

[GenerateSerializer, Immutable, Alias("krewe.ReceiptTrace")]
public sealed record ReceiptTrace([property: Id(0)] ItemKind Kind, [property: Id(1)] Jid From, [property: Id(2)] long Seq, [property: Id(3)] DateTimeOffset SentAt);
