using System.Buffers;
using Krewe.Core.Mailboxes;

namespace Krewe.Protocols.Json;

/// <summary>The answer to a send, as the native API writes it.</summary>
public static class SentJson
{
    public static void Write(Sent sent, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(sent);
        var json = new JsonText(output);
        json.Member("{\"id\":"u8, sent.Id);
        json.Raw(",\"seq\":"u8);
        json.Number(sent.Seq);
        json.Raw(",\"sentAt\":"u8);
        json.Time(sent.SentAt);
        json.Raw("}"u8);
    }
}
