using System.Buffers;
using Krewe.Core.Mailboxes;
using Krewe.Protocols.Json;

namespace Krewe.Gateway.Sessions;

/// <summary>One item and its JSON, encoded when the first session writes it and shared by the others. One thread at a time.</summary>
internal sealed class ItemEncoding
{
    private static ItemEncoding? spare;

    private readonly ArrayBufferWriter<byte> _json = new(1024);
    private MailboxItem? _item;

    private ItemEncoding()
    {
    }

    public MailboxItem Item
    {
        get => _item!;
        set
        {
            _item = value;
            _json.ResetWrittenCount();
        }
    }

    /// <summary>The item's JSON; good until <see cref="Item"/> is set anew.</summary>
    public ReadOnlySpan<byte> Json
    {
        get
        {
            if (_json.WrittenCount == 0) ItemJson.Write(Item, _json);
            return _json.WrittenSpan;
        }
    }

    public static ItemEncoding Rent() => Interlocked.Exchange(ref spare, null) ?? new ItemEncoding();

    public static void Return(ItemEncoding encoding)
    {
        encoding._item = null;
        encoding._json.ResetWrittenCount();
        Volatile.Write(ref spare, encoding);
    }

    /// <summary>About how many bytes an item is on the wire, without encoding it.</summary>
    public static int EstimateBytes(MailboxItem item) => 200 + (item.Body?.Length ?? 0) + (item.Data?.Length ?? 0) + (item.Ids.Length * 40);
}
