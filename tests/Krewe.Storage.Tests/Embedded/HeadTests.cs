using System.Buffers.Binary;
using Krewe.Storage.Embedded.Database;
using Krewe.Storage.Embedded.Mailboxes;

namespace Krewe.Storage.Tests.Embedded;

public sealed class HeadTests
{
    private static readonly byte[] Owner = "juliet@localhost\0"u8.ToArray();

    [Fact]
    public void It_is_read_as_it_was_written()
    {
        var head = new Head(3, 9, 4);
        Assert.True(Head.TryOpen(Owner, head.Seal(Owner), out var read));
        Assert.Equal(head, read);
    }

    [Fact]
    public void A_row_from_before_there_were_revisions_is_understood()
    {
        var old = new byte[2 * sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(old, 3);
        BinaryPrimitives.WriteInt64BigEndian(old.AsSpan(sizeof(long)), 9);
        Assert.True(Head.TryOpen(Owner, SealedValue.Seal(Owner, old), out var read));
        Assert.Equal(new Head(3, 9, 0), read);
    }
}
