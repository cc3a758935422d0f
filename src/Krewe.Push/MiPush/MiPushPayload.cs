using System.Buffers;
using System.IO.Hashing;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Krewe.Core.Push;

namespace Krewe.Push.MiPush;

/// <summary>What the app's callback gets.</summary>
internal static class MiPushPayload
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Mi Push takes 4 KB of payload; the form's other fields are counted apart.
    private const int PreviewBytes = 1024;

    public static string Compose(PushNotice notice)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer, Compact);
        json.WriteStartObject();
        json.WriteString("kind"u8, notice.Kind switch { PushKind.Clear => "clear", PushKind.Test => "test", _ => "message" });
        json.WriteNumber("seq"u8, notice.Seq);
        json.WriteNumber("unread"u8, notice.Unread);
        json.WriteString("conversation"u8, notice.Conversation);
        if (notice.From is { } from) json.WriteString("sender"u8, from.Text);
        if (notice.MessageId is { } id) json.WriteString("id"u8, id);
        if (notice.Preview is { } preview) json.WriteString("body"u8, PushText.CutToBytes(preview, PreviewBytes));
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The same number for the same conversation: a newer notification replaces the older one.</summary>
    public static int NotifyId(string conversation) => (int)(XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(conversation)) & 0x7fff_ffff);
}
