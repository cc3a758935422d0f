using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;

namespace Krewe.Storage.Postgres.Mailboxes;

/// <summary>An item as a row of <c>krewe_items</c>.</summary>
/// <param name="PeerKey">Null: it is not a message.</param>
internal readonly record struct ItemRow(long Seq, long IdKey, long? PeerKey, long SentAt, byte[] Item)
{
    public static ItemRow[] Of(MailboxCommit commit)
    {
        if (commit.Items.IsEmpty)
            return [];
        var rows = new ItemRow[commit.Items.Length];
        var output = new ArrayBufferWriter<byte>(512);
        for (var i = 0; i < rows.Length; i++)
        {
            var item = commit.Items[i];
            output.ResetWrittenCount();
            ItemCodec.Write(commit.Owner, item, output);
            rows[i] = new ItemRow(
                item.Seq, IdKeyOf(item.From, item.Id), item.Kind == ItemKind.Message ? PeerKeyOf(item.PeerOf(commit.Owner)) : null,
                item.SentAt.ToUnixTimeMilliseconds(), output.WrittenSpan.ToArray());
        }
        return rows;
    }

    public static long IdKeyOf(Jid from, string id) => KeyOf($"{from.Text}\0{id}");

    public static long PeerKeyOf(Jid peer) => KeyOf(peer.Text);

    /// <summary>Eight bytes of a hash that nobody can aim with: ids have any characters and up to 128 of them, an index row should be short. The reader compares the whole.</summary>
    private static long KeyOf(string text)
    {
        Span<byte> bytes = stackalloc byte[512];
        var length = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (length > bytes.Length)
            bytes = new byte[length];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(text, bytes)], hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }
}
