using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Krewe.TestKit.Push;

/// <summary>What APNs has against a request (Apple, "Sending notification requests to APNs").</summary>
internal static class ApnsRules
{
    public const int MaxCollapseId = 64;
    private const int MaxPayload = 4096, MaxVoipPayload = 5120;

    public static IReadOnlySet<string> PushTypes { get; } = new HashSet<string>
    {
        "alert", "background", "location", "voip", "complication", "fileprovider", "mdm", "liveactivity", "pushtotalk", "widgets", "controls",
    };

    /// <summary>The reason to refuse; null if there is none.</summary>
    public static string? Check(IHeaderDictionary headers, string token, ReadOnlySpan<byte> body, string topic) =>
        CheckHeaders(headers) ?? CheckToken(token) ?? CheckTopic(headers, topic) ?? CheckPayload(headers["apns-push-type"].ToString(), body);

    private static string? CheckHeaders(IHeaderDictionary headers)
    {
        foreach (var (name, value) in headers)
            if (name.StartsWith("apns-", StringComparison.OrdinalIgnoreCase) && value.Count > 1) return "DuplicateHeaders";
        if (Given(headers, "apns-id") is { } id && !Guid.TryParseExact(id, "D", out _)) return "BadMessageId";
        if (Given(headers, "apns-expiration") is { } expiration && !long.TryParse(expiration, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return "BadExpirationDate";
        if (Given(headers, "apns-collapse-id") is { } collapse && Encoding.UTF8.GetByteCount(collapse) > MaxCollapseId) return "BadCollapseId";
        var priority = Given(headers, "apns-priority");
        if (priority is not (null or "10" or "5" or "1")) return "BadPriority";
        // Needed from watchOS 6 on, and recommended for all others.
        if (Given(headers, "apns-push-type") is not { } type || !PushTypes.Contains(type)) return "InvalidPushType";
        // 10 is the default, and an error for background.
        return type == "background" && priority is null or "10" ? "BadPriority" : null;
    }

    private static string? CheckToken(string token) =>
        token.Length == 0 ? "MissingDeviceToken" : token.Length is < 64 or > 200 || token.Length % 2 != 0 || !token.All(char.IsAsciiHexDigit) ? "BadDeviceToken" : null;

    private static string? CheckTopic(IHeaderDictionary headers, string topic)
    {
        if (Given(headers, "apns-topic") is not { } named) return "MissingTopic";
        var wanted = Given(headers, "apns-push-type") switch { "voip" => topic + ".voip", "complication" => topic + ".complication", "liveactivity" => topic + ".push-type.liveactivity", _ => topic };
        return named == wanted ? null : "TopicDisallowed";
    }

    private static string? CheckPayload(string type, ReadOnlySpan<byte> body)
    {
        if (body.Length > (type == "voip" ? MaxVoipPayload : MaxPayload)) return "PayloadTooLarge";
        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            // What APNs says to broken JSON is nowhere told; to it the notification has no payload.
            return json.RootElement is { ValueKind: JsonValueKind.Object } root && root.EnumerateObject().Any() ? null : "PayloadEmpty";
        }
        catch (JsonException)
        {
            return "PayloadEmpty";
        }
    }

    private static string? Given(IHeaderDictionary headers, string name) => headers.TryGetValue(name, out var value) ? value.ToString() : null;
}
