using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Krewe.Core.Devices;
using Krewe.Core.Push;

namespace Krewe.Push.Apns;

/// <summary>Composes payloads (Apple, "Generating a remote notification").</summary>
internal static class ApnsPayload
{
    /// <summary>Bytes that APNs takes, VoIP apart.</summary>
    public const int MaxBytes = 4096;

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static bool IsBackground(PushNotice notice) =>
        notice.Kind == PushKind.Clear || notice.Silent || notice.Registration.Mode == PushMode.Data;

    public static byte[] Compose(PushNotice notice, int previewBytes = 2048)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer, Compact);
        json.WriteStartObject();
        json.WriteStartObject("aps"u8);
        json.WriteNumber("badge"u8, notice.Unread);
        if (IsBackground(notice)) json.WriteNumber("content-available"u8, 1);
        else WriteAlert(json, notice, previewBytes);
        json.WriteEndObject();
        json.WriteStartObject("krewe"u8);
        json.WriteString("kind"u8, notice.Kind switch { PushKind.Clear => "clear", PushKind.Test => "test", _ => "message" });
        json.WriteNumber("seq"u8, notice.Seq);
        json.WriteString("conversation"u8, notice.Conversation);
        if (notice.MessageId is { } id) json.WriteString("id"u8, id);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteAlert(Utf8JsonWriter json, PushNotice notice, int previewBytes)
    {
        var words = PushWords.NewMessage(notice.Registration.Locale);
        json.WriteStartObject("alert"u8);
        json.WriteString("title"u8, notice.From is { } from ? from.Local.ToString() : words);
        if (notice.Preview is { } preview) json.WriteString("body"u8, PushText.CutToBytes(preview, previewBytes));
        else if (notice.From is not null) json.WriteString("body"u8, words);
        json.WriteEndObject();
        json.WriteNumber("mutable-content"u8, 1);
        json.WriteString("sound"u8, "default");
        json.WriteString("thread-id"u8, notice.Conversation);
        if (notice.Urgent) json.WriteString("interruption-level"u8, "time-sensitive");
    }
}
