using System.Text.Json.Serialization;

namespace Krewe.Push.Fcm;

/// <summary>A message of FCM's HTTP v1 API. The names are those of the official server SDK (<c>FirebaseAdmin.Messaging</c>).</summary>
public sealed class Message
{
    /// <summary>Exactly one of <see cref="Token"/>, <see cref="Topic"/> and <see cref="Condition"/>.</summary>
    public string? Token { get; set; }

    public string? Topic { get; set; }

    public string? Condition { get; set; }

    /// <summary>The data message: given to the app's callback always.</summary>
    public IReadOnlyDictionary<string, string>? Data { get; set; }

    /// <summary>The notification message: shown by the system while the app is in the background.</summary>
    public Notification? Notification { get; set; }

    public AndroidConfig? Android { get; set; }

    public ApnsConfig? Apns { get; set; }

    public WebpushConfig? Webpush { get; set; }

    [JsonPropertyName("fcm_options")] public FcmOptionsBlock? FcmOptions { get; set; }
}

public sealed class Notification
{
    public string? Title { get; set; }

    public string? Body { get; set; }

    [JsonPropertyName("image")] public string? ImageUrl { get; set; }
}

public sealed class AndroidConfig
{
    /// <summary>At most four different ones a token; collapsible messages are limited to a burst of 20, then one in three minutes.</summary>
    [JsonPropertyName("collapse_key")] public string? CollapseKey { get; set; }

    public Priority? Priority { get; set; }

    /// <summary>Zero to 28 days.</summary>
    [JsonPropertyName("ttl"), JsonConverter(typeof(DurationConverter))] public TimeSpan? TimeToLive { get; set; }

    [JsonPropertyName("restricted_package_name")] public string? RestrictedPackageName { get; set; }

    public IReadOnlyDictionary<string, string>? Data { get; set; }

    public AndroidNotification? Notification { get; set; }

    [JsonPropertyName("direct_boot_ok")] public bool? DirectBootOk { get; set; }
}

public enum Priority
{
    [JsonStringEnumMemberName("NORMAL")] Normal,
    [JsonStringEnumMemberName("HIGH")] High,
}

public sealed class AndroidNotification
{
    public string? Title { get; set; }

    public string? Body { get; set; }

    public string? Icon { get; set; }

    public string? Color { get; set; }

    public string? Sound { get; set; }

    /// <summary>A notification with the same tag is replaced.</summary>
    public string? Tag { get; set; }

    [JsonPropertyName("click_action")] public string? ClickAction { get; set; }

    [JsonPropertyName("channel_id")] public string? ChannelId { get; set; }

    [JsonPropertyName("notification_count")] public int? NotificationCount { get; set; }
}

public sealed class ApnsConfig
{
    public IReadOnlyDictionary<string, string>? Headers { get; set; }

    public IReadOnlyDictionary<string, object>? Payload { get; set; }
}

public sealed class WebpushConfig
{
    public IReadOnlyDictionary<string, string>? Headers { get; set; }

    public IReadOnlyDictionary<string, string>? Data { get; set; }

    public IReadOnlyDictionary<string, object>? Notification { get; set; }
}

public sealed class FcmOptionsBlock
{
    [JsonPropertyName("analytics_label")] public string? AnalyticsLabel { get; set; }
}
