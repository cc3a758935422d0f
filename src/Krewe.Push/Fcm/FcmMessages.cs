using System.Globalization;
using System.Text.Json;
using Krewe.Core.Devices;
using Krewe.Core.Push;

namespace Krewe.Push.Fcm;

/// <summary>Composes FCM messages from notices.</summary>
internal static class FcmMessages
{
    /// <summary>Bytes of payload that FCM takes for a token.</summary>
    public const int MaxPayloadBytes = 4096;

    // What the envelope around the preview takes at most: addresses, ids, fixed words.
    private const int EnvelopeBytes = 2600;

    /// <param name="previewBytes">The bound on the preview; halved when the service says that the message is too large.</param>
    public static Message Compose(PushNotice notice, TimeSpan timeToLive, int previewBytes = (MaxPayloadBytes - EnvelopeBytes) / 2)
    {
        var preview = notice.Preview is { } text ? PushText.CutToBytes(text, previewBytes) : null;
        var clear = notice.Kind == PushKind.Clear;
        var mode = clear ? PushMode.Data : notice.Registration.Mode ?? PushMode.Data;
        return new Message
        {
            Token = notice.Registration.Token,
            Data = mode == PushMode.Notification ? null : Data(notice, preview),
            Notification = mode == PushMode.Data ? null : Shown(notice, preview),
            Android = new AndroidConfig
            {
                Priority = clear || notice.Silent ? Priority.Normal : Priority.High,
                TimeToLive = timeToLive,
                // A chat message is not collapsible: the service throttles those. A clear is: only the newest matters.
                CollapseKey = clear ? "krewe-clear" : null,
                Notification = mode == PushMode.Data ? null : new AndroidNotification { Tag = notice.Conversation, NotificationCount = notice.Unread },
            },
            Apns = Apple(notice, preview, clear, timeToLive),
            Webpush = new WebpushConfig
            {
                Headers = new Dictionary<string, string>
                {
                    ["TTL"] = ((long)timeToLive.TotalSeconds).ToString(CultureInfo.InvariantCulture),
                    ["Urgency"] = clear || notice.Silent ? "low" : "high",
                },
            },
        };
    }

    public static byte[] Serialize(Message message, bool validateOnly = false) =>
        JsonSerializer.SerializeToUtf8Bytes(new SendRequest(validateOnly, message), FcmJson.Compact.SendRequest);

    private static Dictionary<string, string> Data(PushNotice notice, string? preview)
    {
        // No key may be "from", "message_type" or begin with google or gcm: FCM reserves them.
        var data = new Dictionary<string, string>
        {
            ["kind"] = notice.Kind switch { PushKind.Clear => "clear", PushKind.Test => "test", _ => "message" },
            ["seq"] = notice.Seq.ToString(CultureInfo.InvariantCulture),
            ["unread"] = notice.Unread.ToString(CultureInfo.InvariantCulture),
            ["conversation"] = notice.Conversation,
        };
        if (notice.From is { } from) data["sender"] = from.Text;
        if (notice.MessageId is { } id) data["id"] = id;
        if (preview is not null) data["body"] = preview;
        return data;
    }

    private static Notification Shown(PushNotice notice, string? preview) => new()
    {
        Title = notice.From is { } from ? from.Local.ToString() : PushWords.NewMessage(notice.Registration.Locale),
        Body = preview ?? (notice.From is null ? null : PushWords.NewMessage(notice.Registration.Locale)),
    };

    private static ApnsConfig Apple(PushNotice notice, string? preview, bool clear, TimeSpan timeToLive)
    {
        var background = clear || notice.Silent;
        var aps = new Dictionary<string, object> { ["badge"] = notice.Unread };
        if (background) aps["content-available"] = 1;
        else
        {
            aps["mutable-content"] = 1;
            aps["thread-id"] = notice.Conversation;
            aps["sound"] = "default";
            var shown = Shown(notice, preview);
            var alert = new Dictionary<string, object>();
            if (shown.Title is { } title) alert["title"] = title;
            if (shown.Body is { } body) alert["body"] = body;
            aps["alert"] = alert;
        }
        return new ApnsConfig
        {
            Headers = new Dictionary<string, string>
            {
                ["apns-push-type"] = background ? "background" : "alert",
                ["apns-priority"] = background ? "5" : "10",
                ["apns-expiration"] = (notice.ExpiresAt.ToUnixTimeSeconds()).ToString(CultureInfo.InvariantCulture),
            },
            Payload = new Dictionary<string, object> { ["aps"] = aps },
        };
    }
}
