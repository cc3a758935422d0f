using Krewe.Core.Addresses;
using Krewe.Core.Devices;

namespace Krewe.Core.Push;

/// <summary>What one device is to be told now: its registration and the newest state, composed by the user's grain at the moment of sending.</summary>
[GenerateSerializer, Immutable, Alias("krewe.PushNotice")]
public sealed record PushNotice
{
    [Id(0)] public required Jid Owner { get; init; }

    [Id(1)] public required string Device { get; init; }

    [Id(2)] public required PushRegistration Registration { get; init; }

    [Id(3)] public required PushKind Kind { get; init; }

    /// <summary>The newest <c>seq</c> that the notice is about.</summary>
    [Id(4)] public required long Seq { get; init; }

    /// <summary>Messages that no device has read; the badge.</summary>
    [Id(5)] public required int Unread { get; init; }

    /// <summary>The author of the newest message; null where the preview policy hides it.</summary>
    [Id(6)] public Jid? From { get; init; }

    /// <summary>The newest message's id.</summary>
    [Id(7)] public string? MessageId { get; init; }

    /// <summary>The newest message's text, cleaned of control and bidirectional characters; null where the preview policy hides it.</summary>
    [Id(8)] public string? Preview { get; init; }

    /// <summary>What the device groups and replaces by: stable for one conversation, and says nothing about it.</summary>
    [Id(9)] public required string Conversation { get; init; }

    /// <summary>The sender marked it as urgent: it may break a sleep.</summary>
    [Id(10)] public bool Urgent { get; init; }

    /// <summary>No sound, no banner.</summary>
    [Id(11)] public bool Silent { get; init; }

    /// <summary>After this the push service need not try any more.</summary>
    [Id(12)] public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The service is only to look at it. FCM alone can.</summary>
    [Id(13)] public bool ValidateOnly { get; init; }
}

[GenerateSerializer, Alias("krewe.PushKind")]
public enum PushKind
{
    /// <summary>There are new messages.</summary>
    Message = 1,
    /// <summary>What was announced was read elsewhere: take it away.</summary>
    Clear,
    /// <summary>The operator tries a device.</summary>
    Test,
}
