using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Users;

namespace Krewe.Core.Administration;

/// <summary>A user as the operator sees it: facts and numbers, no content.</summary>
[GenerateSerializer, Immutable, Alias("krewe.UserReport")]
public sealed record UserReport
{
    [Id(0)] public required Jid Address { get; init; }

    [Id(1)] public required UserStatus Status { get; init; }

    /// <summary>Null: before this was kept.</summary>
    [Id(2)] public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>False: the configured issuer vouches for the user.</summary>
    [Id(3)] public bool HasPassword { get; init; }

    /// <summary>The silo that holds the user's grain.</summary>
    [Id(4)] public required SiloAddress Core { get; init; }

    [Id(5)] public ImmutableArray<DeviceReport> Devices { get; init; } = [];

    [Id(6)] public ImmutableArray<SessionInfo> Sessions { get; init; } = [];

    /// <summary>Null: the store does not answer now.</summary>
    [Id(7)] public MailboxReport? Mailbox { get; init; }

    [Id(8)] public int Contacts { get; init; }

    [Id(9)] public int Blocks { get; init; }

    [Id(10)] public int Mutes { get; init; }
}

/// <summary>A user in a list.</summary>
[GenerateSerializer, Immutable, Alias("krewe.AccountReport")]
public sealed record AccountReport([property: Id(0)] UserStatus Status, [property: Id(1)] DateTimeOffset? CreatedAt);

/// <summary>How an account stands.</summary>
[GenerateSerializer, Alias("krewe.UserStatus")]
public enum UserStatus
{
    Active = 1,
    Disabled,
    /// <summary>Gone for everybody; what is left of it is being removed.</summary>
    Deleting,
    /// <summary>Only the name is left, which is not given out again.</summary>
    Deleted,
}

/// <summary>A device, without its push token.</summary>
/// <param name="Acked">Up to where it has dealt with its items; 0: it never said.</param>
[GenerateSerializer, Immutable, Alias("krewe.DeviceReport")]
public sealed record DeviceReport(
    [property: Id(0)] string Name, [property: Id(1)] DateTimeOffset LastSeen, [property: Id(2)] long Acked,
    [property: Id(3)] PushPlatform? Push, [property: Id(4)] string? PushApp, [property: Id(5)] DateTimeOffset? PushRegisteredAt);

/// <summary>A mailbox in numbers.</summary>
/// <param name="First">The first <c>seq</c> that is left.</param>
/// <param name="Last">The newest <c>seq</c>.</param>
/// <param name="Unread">Messages of others that no device has read.</param>
[GenerateSerializer, Immutable, Alias("krewe.MailboxReport")]
public sealed record MailboxReport(
    [property: Id(0)] long First, [property: Id(1)] long Last, [property: Id(2)] int Unread, [property: Id(3)] long Delivered, [property: Id(4)] long Read);
