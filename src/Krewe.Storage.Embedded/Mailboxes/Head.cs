using System.Buffers.Binary;
using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Embedded.Database;

namespace Krewe.Storage.Embedded.Mailboxes;

/// <summary>The ends of a mailbox, kept in a row of their own: quick to find, and a damaged last item is not taken for a shorter mailbox.</summary>
/// <param name="Revision">How many states were written.</param>
internal readonly record struct Head(long First, long Last, long Revision = 0)
{
    public static readonly Head Empty = new(1, 0);

    // Rows of the first version end before the revision.
    private const int OldBytes = 2 * sizeof(long), Bytes = 3 * sizeof(long);

    public byte[] Seal(ReadOnlySpan<byte> ownerKey)
    {
        Span<byte> value = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt64BigEndian(value, First);
        BinaryPrimitives.WriteInt64BigEndian(value[sizeof(long)..], Last);
        BinaryPrimitives.WriteInt64BigEndian(value[OldBytes..], Revision);
        return SealedValue.Seal(ownerKey, value);
    }

    public static bool TryOpen(ReadOnlySpan<byte> ownerKey, ReadOnlySpan<byte> row, out Head head)
    {
        head = Empty;
        if (!SealedValue.TryOpen(ownerKey, row, out ReadOnlySpan<byte> value) || value.Length is not (OldBytes or Bytes))
        {
            return false;
        }
        head = new Head(
            BinaryPrimitives.ReadInt64BigEndian(value),
            BinaryPrimitives.ReadInt64BigEndian(value[sizeof(long)..]),
            value.Length == Bytes ? BinaryPrimitives.ReadInt64BigEndian(value[OldBytes..]) : 0);
        return true;
    }

    /// <summary>The head on disk; if its row is damaged, what the items say.</summary>
    public static Head Read(OpenDatabase database, Jid owner, DamageLog damage)
    {
        var key = Keys.Owner(owner);
        if (database.Get(key, database.Columns.Heads) is not { } row)
        {
            return Empty;
        }
        if (TryOpen(key, row, out var head))
        {
            return head;
        }
        damage.Report(owner, "the mailbox's ends");
        return FromItems(database, owner);
    }

    private static Head FromItems(OpenDatabase database, Jid owner)
    {
        using var iterator = database.Db.NewIterator(database.Columns.Items);
        var owned = Keys.Owner(owner);
        iterator.Seek(Keys.Item(owner, 0));
        if (!iterator.Valid() || !iterator.GetKeySpan().StartsWith(owned))
        {
            return Empty;
        }
        var first = Keys.SeqOf(iterator.GetKeySpan());
        iterator.SeekForPrev(Keys.AfterOwner(owner));
        return iterator.Valid() && iterator.GetKeySpan().StartsWith(owned)
            ? new Head(first, Keys.SeqOf(iterator.GetKeySpan()))
            : throw new StoreUnavailableException($"The mailbox of {owner} is damaged on disk; restore the store from a backup.");
    }
}
