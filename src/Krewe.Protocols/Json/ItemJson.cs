using System.Buffers;
using Krewe.Core.Mailboxes;

namespace Krewe.Protocols.Json;

/// <summary>A mailbox item as the native API writes it: one line of JSON, what is null left out.</summary>
public static class ItemJson
{
    public static void Write(MailboxItem item, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(item);
        var json = new JsonText(output);
        json.Raw("{\"seq\":"u8);
        json.Number(item.Seq);
        json.Raw(",\"kind\":\""u8);
        json.Raw(KindName(item.Kind));
        json.Raw("\""u8);
        json.Member(",\"id\":"u8, item.Id);
        json.Member(",\"from\":"u8, item.From.Text);
        json.Member(",\"to\":"u8, item.To.Text);
        json.Member(",\"device\":"u8, item.Device);
        json.Raw(",\"sentAt\":"u8);
        json.Time(item.SentAt);
        json.Member(",\"body\":"u8, item.Body);
        json.Member(",\"thread\":"u8, item.Thread);
        if (item.Data is not null)
        {
            json.Raw(",\"data\":"u8);
            json.RawText(item.Data);
        }
        json.Member(",\"replaces\":"u8, item.Replaces);
        if (!item.Ids.IsDefaultOrEmpty) WriteIds(item, json);
        json.Raw("}"u8);
    }

    /// <summary>The item's kind as clients see it.</summary>
    public static ReadOnlySpan<byte> KindName(ItemKind kind) => kind switch
    {
        ItemKind.Message => "message"u8,
        ItemKind.Delivered => "delivered"u8,
        ItemKind.Read => "read"u8,
        // Written by a newer version of the server: clients pass over a kind that they do not know.
        _ => "unknown"u8,
    };

    private static void WriteIds(MailboxItem item, JsonText json)
    {
        var before = ",\"ids\":["u8;
        foreach (var id in item.Ids)
        {
            json.Member(before, id);
            before = ","u8;
        }
        json.Raw("]"u8);
    }
}
