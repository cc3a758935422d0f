using System.Text;
using System.Text.Json;

namespace Krewe.LoadTool;

/// <summary>Writes and reads just the members that the tool needs.</summary>
internal static class Wire
{
    /// <summary>A frame that sends message number <paramref name="number"/>; the body carries the number and the time at which it was due.</summary>
    public static byte[] Send(string to, long number, long dueTicks, string padding) =>
        Encoding.UTF8.GetBytes($"{{\"type\":\"send\",\"ref\":\"{number}\",\"to\":\"{to}\",\"id\":\"{number}\",\"body\":\"{number} {dueTicks} {padding}\"}}");

    public static byte[] Ack(long seq) => Encoding.UTF8.GetBytes($"{{\"type\":\"ack\",\"seq\":{seq},\"read\":false}}");

    public static Frame Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var frame = new Frame();
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName) continue;
            if (reader.ValueTextEquals("type"u8) && reader.CurrentDepth == 1) frame.Kind = Kind(ref reader);
            else if (reader.ValueTextEquals("ref"u8)) frame.Ref = Number(ref reader);
            else if (reader.ValueTextEquals("seq"u8)) frame.Seq = reader.Read() ? reader.GetInt64() : 0;
            else if (reader.ValueTextEquals("from"u8)) frame.From = reader.Read() ? reader.GetString() : null;
            else if (reader.ValueTextEquals("code"u8)) frame.Code = reader.Read() ? reader.GetString() : null;
            else if (reader.ValueTextEquals("body"u8)) ReadBody(ref reader, ref frame);
        }
        return frame;
    }

    private static FrameKind Kind(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.ValueTextEquals("item"u8) ? FrameKind.Item
            : reader.ValueTextEquals("sent"u8) ? FrameKind.Sent
            : reader.ValueTextEquals("error"u8) ? FrameKind.Error
            : FrameKind.Other;
    }

    private static long Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        return System.Buffers.Text.Utf8Parser.TryParse(reader.ValueSpan, out long number, out _) ? number : -1;
    }

    private static void ReadBody(ref Utf8JsonReader reader, ref Frame frame)
    {
        reader.Read();
        var text = reader.ValueSpan;
        if (!System.Buffers.Text.Utf8Parser.TryParse(text, out long number, out var used)) return;
        frame.Number = number;
        if (System.Buffers.Text.Utf8Parser.TryParse(text[(used + 1)..], out long due, out _)) frame.DueTicks = due;
    }
}

internal enum FrameKind { Other, Item, Sent, Error }

internal struct Frame()
{
    public FrameKind Kind;
    public long Ref = -1;
    public long Seq;
    public long Number = -1;
    public long DueTicks;
    public string? From;
    public string? Code;
}
