using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Krewe.TestKit.Push;

/// <summary>What FCM has against a message that fits its schema (Firebase, "About FCM messages", "FCM error codes").</summary>
internal static partial class FcmRules
{
    private const int MaxBytes = 4096, MaxTopicBytes = 2048, MaxTimeToLive = 28 * 24 * 3600;

    public static FakeReply? Check(JsonElement message)
    {
        JsonElement?[] targets = [Member(message, "token"), Member(message, "topic"), Member(message, "condition")];
        return targets.Count(static target => target is not null) switch
        {
            0 => FcmReplies.InvalidArgument("message", "Recipient of the message is not set."),
            > 1 => FcmReplies.InvalidArgument("message", "Invalid value at 'message' (oneof), oneof field 'target' is already set."),
            _ when targets[0] is { } token && !Token().IsMatch(token.GetString()!) => FcmReplies.InvalidToken,
            _ when targets[1] is { } topic && !Topic().IsMatch(topic.GetString()!) => FcmReplies.InvalidArgument("message.topic", "Invalid topic name"),
            _ => CheckData(message) ?? CheckAndroid(Member(message, "android")) ?? CheckApns(Member(message, "apns")) ?? CheckWebpush(Member(message, "webpush"))
                ?? CheckSize(message, targets[0] is null ? MaxTopicBytes : MaxBytes),
        };
    }

    private static FakeReply? CheckData(JsonElement message)
    {
        foreach (var path in new[] { "data", "android.data", "webpush.data" })
        {
            JsonElement? data = message;
            foreach (var name in path.Split('.')) data = Member(data, name);
            foreach (var (entry, index) in data?.EnumerateObject().Select(static (entry, index) => (entry, index)) ?? [])
                if (entry.Name is "from" or "message_type" or "" || entry.Name.StartsWith("google.", StringComparison.Ordinal) || entry.Name.StartsWith("gcm.notification.", StringComparison.Ordinal))
                    return FcmReplies.InvalidArgument($"message.{path}[{index}].key", $"Invalid data payload key: {entry.Name}");
        }
        return null;
    }

    private static FakeReply? CheckAndroid(JsonElement? android)
    {
        if (Member(android, "ttl")?.GetString() is { } ttl && !(decimal.Parse(ttl.AsSpan(0, ttl.Length - 1), CultureInfo.InvariantCulture) is >= 0 and <= MaxTimeToLive))
            return FcmReplies.InvalidArgument("message.android.ttl", $"Invalid ttl (must be between 0 and {MaxTimeToLive} seconds)");
        var shown = Member(android, "notification");
        if (Member(shown, "color")?.GetString() is { } color && !Color().IsMatch(color))
            return FcmReplies.InvalidArgument("message.android.notification.color", "Invalid color, must be in the form #rrggbb");
        foreach (var part in new[] { "body", "title" })
            if (Member(shown, $"{part}_loc_args") is not null && Member(shown, $"{part}_loc_key") is null)
                return FcmReplies.InvalidArgument($"message.android.notification.{part}_loc_args", $"{part}_loc_key is required");
        return null;
    }

    private static FakeReply? CheckApns(JsonElement? apns)
    {
        foreach (var header in Member(apns, "headers")?.EnumerateObject() ?? default(JsonElement.ObjectEnumerator))
        {
            var value = header.Value.GetString()!;
            var sound = header.Name.ToLowerInvariant() switch
            {
                "apns-priority" => value is "1" or "5" or "10",
                "apns-expiration" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
                "apns-collapse-id" => Encoding.UTF8.GetByteCount(value) <= ApnsRules.MaxCollapseId,
                "apns-push-type" => ApnsRules.PushTypes.Contains(value),
                _ => true,
            };
            if (!sound) return FcmReplies.InvalidArgument($"message.apns.headers.{header.Name}", $"Invalid {header.Name}: {value}");
        }
        var payload = Member(apns, "payload");
        if (payload is null) return null;
        if (Member(payload, "aps") is not { ValueKind: JsonValueKind.Object } aps)
            return FcmReplies.InvalidArgument("message.apns.payload", "apns.payload.aps must be an object");
        return aps.TryGetProperty("badge", out var badge) && badge.ValueKind != JsonValueKind.Number
            ? FcmReplies.InvalidArgument("message.apns.payload.aps.badge", "badge must be a number") : null;
    }

    private static FakeReply? CheckWebpush(JsonElement? webpush)
    {
        foreach (var header in Member(webpush, "headers")?.EnumerateObject() ?? default(JsonElement.ObjectEnumerator))
        {
            var value = header.Value.GetString()!;
            // RFC 8030, section 5.
            var sound = header.Name.ToLowerInvariant() switch
            {
                "ttl" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
                "urgency" => value is "very-low" or "low" or "normal" or "high",
                "topic" => value.Length <= 32,
                _ => true,
            };
            if (!sound) return FcmReplies.InvalidArgument($"message.webpush.headers.{header.Name}", $"Invalid {header.Name}: {value}");
        }
        return Member(Member(webpush, "fcm_options"), "link")?.GetString() is { } link && !link.StartsWith("https://", StringComparison.Ordinal)
            ? FcmReplies.InvalidArgument("message.webpush.fcm_options.link", "The link must be an HTTPS address") : null;
    }

    private static FakeReply? CheckSize(JsonElement message, int bound)
    {
        var data = Bytes(Member(message, "data"));
        var notification = Bytes(Member(message, "notification"));
        var android = Member(message, "android");
        var own = Member(android, "data");
        if ((own is null ? data : Bytes(own)) + notification + Bytes(Member(android, "notification")) > bound)
            return FcmReplies.InvalidArgument("message.android", "Android message is too big");
        if (Member(Member(message, "apns"), "payload") is { } payload && data + Encoding.UTF8.GetByteCount(payload.GetRawText()) > bound)
            return FcmReplies.InvalidArgument("message.apns", "APNs message is too big");
        return null;
    }

    /// <summary>What the strings in it take, names and values.</summary>
    private static int Bytes(JsonElement? element) => element switch
    {
        null => 0,
        { ValueKind: JsonValueKind.Object } known => known.EnumerateObject().Sum(static member => Encoding.UTF8.GetByteCount(member.Name) + Bytes(member.Value)),
        { ValueKind: JsonValueKind.Array } known => known.EnumerateArray().Sum(static entry => Bytes(entry)),
        { ValueKind: JsonValueKind.String } known => Encoding.UTF8.GetByteCount(known.GetString()!),
        { } known => known.GetRawText().Length,
    };

    private static JsonElement? Member(JsonElement? parent, string name) => FcmSchema.Member(parent, name);

    [GeneratedRegex("^[A-Za-z0-9_:%-]{1,4096}$")]
    private static partial Regex Token();

    [GeneratedRegex("^[A-Za-z0-9-_.~%]{1,900}$")]
    private static partial Regex Topic();

    [GeneratedRegex("^#[0-9A-Fa-f]{6}$")]
    private static partial Regex Color();
}
