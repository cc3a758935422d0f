namespace Krewe.Core.Devices;

/// <summary>How a sleeping device is woken.</summary>
[GenerateSerializer, Immutable, Alias("krewe.PushRegistration")]
public sealed record PushRegistration
{
    [Id(0)] public required PushPlatform Platform { get; init; }

    /// <summary>The vendor's token, or the webhook's address. Never shown again, never logged.</summary>
    [Id(1)] public required string Token { get; init; }

    /// <summary>The Firebase project, the APNs topic or the Mi package.</summary>
    [Id(2)] public required string App { get; init; }

    [Id(3)] public PushMode? Mode { get; init; }

    /// <summary>APNs: <c>production</c> or <c>sandbox</c>.</summary>
    [Id(4)] public string? Environment { get; init; }

    [Id(5)] public PushPreview? Preview { get; init; }

    /// <summary>A language tag (BCP 47).</summary>
    [Id(6)] public string? Locale { get; init; }

    /// <summary>The JSON that the client gave for <c>quietHours</c>, checked.</summary>
    [Id(7)] public QuietHours? QuietHours { get; init; }

    [Id(8)] public required DateTimeOffset RegisteredAt { get; init; }

    /// <summary>Without the token, wherever it is printed.</summary>
    public override string ToString() => $"{Platform} registration of {App}, made at {RegisteredAt:O}";
}

/// <summary>When not to disturb, in the device's own time zone.</summary>
/// <param name="From">The local time at which silence begins, in minutes after midnight.</param>
/// <param name="To">The local time at which it ends; earlier than <paramref name="From"/> means the next day.</param>
/// <param name="TimeZone">An IANA time zone.</param>
[GenerateSerializer, Immutable, Alias("krewe.QuietHours")]
public sealed record QuietHours([property: Id(0)] int From, [property: Id(1)] int To, [property: Id(2)] string TimeZone);

[GenerateSerializer, Alias("krewe.PushPlatform")]
public enum PushPlatform { Fcm = 1, Apns, MiPush, Webhook }

[GenerateSerializer, Alias("krewe.PushMode")]
public enum PushMode { Notification = 1, Data, Both }

/// <summary>How much of a message a push may carry.</summary>
[GenerateSerializer, Alias("krewe.PushPreview")]
public enum PushPreview { Full = 1, Sender, None }
