namespace Krewe.Client;

/// <summary>One of one's devices.</summary>
public sealed record Device([property: System.Text.Json.Serialization.JsonPropertyName("device")] string Name, DateTimeOffset LastSeen, PushRegistration? Push);

/// <summary>How a sleeping device is woken.</summary>
public sealed record PushRegistration
{
    /// <summary><c>fcm</c>, <c>apns</c>, <c>mipush</c> or <c>webhook</c>.</summary>
    public required string Platform { get; init; }

    /// <summary>The vendor's token; the server never gives it back.</summary>
    public string? Token { get; init; }

    /// <summary>The Firebase project, the APNs topic or the Mi package.</summary>
    public string? App { get; init; }

    /// <summary><c>notification</c>, <c>data</c> or <c>both</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>APNs: <c>production</c> or <c>sandbox</c>.</summary>
    public string? Environment { get; init; }

    /// <summary><c>full</c>, <c>sender</c> or <c>none</c>.</summary>
    public string? Preview { get; init; }

    /// <summary>A language tag.</summary>
    public string? Locale { get; init; }

    public QuietHours? QuietHours { get; init; }
}

/// <summary>When not to disturb, as local times <c>HH:mm</c> in an IANA time zone.</summary>
public sealed record QuietHours(string From, string To, string TimeZone);
