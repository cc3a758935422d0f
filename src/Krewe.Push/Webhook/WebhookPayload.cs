using System.Buffers;
using System.Text.Json;
using Krewe.Core.Push;

namespace Krewe.Push.Webhook;

internal static class WebhookPayload
{
    public static byte[] Compose(PushNotice notice)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("kind"u8, notice.Kind switch { PushKind.Clear => "clear", PushKind.Test => "test", _ => "message" });
        json.WriteString("owner"u8, notice.Owner.Text);
        json.WriteString("device"u8, notice.Device);
        json.WriteNumber("seq"u8, notice.Seq);
        json.WriteNumber("unread"u8, notice.Unread);
        json.WriteString("conversation"u8, notice.Conversation);
        if (notice.From is { } from) json.WriteString("from"u8, from.Text);
        if (notice.MessageId is { } id) json.WriteString("id"u8, id);
        if (notice.Preview is { } preview) json.WriteString("preview"u8, preview);
        if (notice.Urgent) json.WriteBoolean("urgent"u8, true);
        if (notice.Silent) json.WriteBoolean("silent"u8, true);
        json.WriteString("expiresAt"u8, notice.ExpiresAt);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
