using System.Buffers;
using Krewe.Core.Mailboxes;

namespace Krewe.Protocols.Json;

/// <summary>A page of a mailbox or of a history, as the native API writes it.</summary>
public static class PageJson
{
    public static void Write(MailboxPage page, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(page);
        var json = new JsonText(output);
        WriteItems(page.Items, json, output);
        json.Raw(",\"next\":"u8);
        json.Number(page.Next);
        json.Raw(",\"last\":"u8);
        json.Number(page.Last);
        json.Raw("}"u8);
    }

    public static void Write(HistoryPage page, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(page);
        var json = new JsonText(output);
        WriteItems(page.Items, json, output);
        if (page.Next is { } next)
        {
            json.Raw(",\"next\":"u8);
            json.Number(next);
        }
        json.Raw("}"u8);
    }

    private static void WriteItems(System.Collections.Immutable.ImmutableArray<MailboxItem> items, JsonText json, IBufferWriter<byte> output)
    {
        json.Raw("{\"items\":["u8);
        for (var i = 0; i < items.Length; i++)
        {
            if (i > 0) json.Raw(","u8);
            ItemJson.Write(items[i], output);
        }
        json.Raw("]"u8);
    }
}
