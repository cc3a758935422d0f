using System.Buffers.Binary;
using System.Text;
using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Push;

namespace Krewe.Storage.Embedded.Pushes;

/// <summary>A device of a user.</summary>
internal readonly record struct PushKey(Jid Owner, string Device)
{
    public static PushKey Of(PendingPush push) => new(push.Owner, push.Device);
}

/// <summary>The keys of the column of pushes: a letter for the kind of row, what it is sorted by, then owner, a zero byte and the device.</summary>
internal static class PushKeys
{
    // On disks: never give one another meaning.
    private const byte RowLetter = (byte)'r', DueLetter = (byte)'d', SinceLetter = (byte)'s', AsideLetter = (byte)'a', AsideTimeLetter = (byte)'t';

    private const int RowHead = 1;
    private const int AsideTimeHead = 1 + sizeof(long);
    private const int IndexHead = 2 + sizeof(long);
    private const byte End = 0;

    public static byte[] AllRows { get; } = [RowLetter];

    public static byte[] AllAsides { get; } = [AsideLetter];

    /// <summary>What all keys of the index of set-aside rows begin with; the newest comes first.</summary>
    public static byte[] AsideTimes { get; } = [AsideTimeLetter];

    public static byte[] Row(PushKey key) => Named([RowLetter], key);

    public static byte[] Aside(PushKey key) => Named([AsideLetter], key);

    public static byte[] RowsOf(Jid owner) => OwnersOf(RowLetter, owner);

    public static byte[] AsidesOf(Jid owner) => OwnersOf(AsideLetter, owner);

    public static byte[] Due(PendingPush push) => Index(DueLetter, push.Platform, push.Due, PushKey.Of(push));

    public static byte[] Since(PendingPush push) => Index(SinceLetter, push.Platform, push.Since, PushKey.Of(push));

    public static byte[] AsideTime(SetAsidePush aside)
    {
        Span<byte> head = stackalloc byte[AsideTimeHead];
        head[0] = AsideTimeLetter;
        BinaryPrimitives.WriteInt64BigEndian(head[1..], long.MaxValue - aside.At.UtcTicks);
        return Named(head, PushKey.Of(aside.Pending));
    }

    public static byte[] AllDue(PushPlatform platform) => [DueLetter, (byte)platform];

    public static byte[] AllSince(PushPlatform platform) => [SinceLetter, (byte)platform];

    /// <summary>The time that a row of one of the indexes by platform is sorted by.</summary>
    public static DateTimeOffset TimeOf(ReadOnlySpan<byte> index) => new(BinaryPrimitives.ReadInt64BigEndian(index[2..]), TimeSpan.Zero);

    public static PushKey OfIndex(ReadOnlySpan<byte> index) => Parse(index[IndexHead..]);

    public static PushKey OfAsideTime(ReadOnlySpan<byte> index) => Parse(index[AsideTimeHead..]);

    public static PushKey OfRow(ReadOnlySpan<byte> row) => Parse(row[RowHead..]);

    /// <summary>The first key after this one.</summary>
    public static byte[] After(ReadOnlySpan<byte> key) => [.. key, 0];

    private static byte[] Index(byte letter, PushPlatform platform, DateTimeOffset time, PushKey key)
    {
        Span<byte> head = stackalloc byte[IndexHead];
        (head[0], head[1]) = (letter, (byte)platform);
        BinaryPrimitives.WriteInt64BigEndian(head[2..], time.UtcTicks);
        return Named(head, key);
    }

    private static byte[] OwnersOf(byte letter, Jid owner) => [letter, .. Encoding.UTF8.GetBytes(owner.Text), End];

    private static byte[] Named(ReadOnlySpan<byte> head, PushKey key)
    {
        if (key.Owner.Text.Length == 0 || key.Owner.Text.Contains('\0'))
        {
            throw new ArgumentException("An address in a key is not empty and has no U+0000.");
        }
        var row = new byte[head.Length + Encoding.UTF8.GetByteCount(key.Owner.Text) + 1 + Encoding.UTF8.GetByteCount(key.Device)];
        head.CopyTo(row);
        var at = head.Length + Encoding.UTF8.GetBytes(key.Owner.Text, row.AsSpan(head.Length));
        row[at++] = End;
        Encoding.UTF8.GetBytes(key.Device, row.AsSpan(at));
        return row;
    }

    private static PushKey Parse(ReadOnlySpan<byte> name)
    {
        var end = name.IndexOf(End);
        return new PushKey(Jid.FromCanonical(Encoding.UTF8.GetString(name[..end])), Encoding.UTF8.GetString(name[(end + 1)..]));
    }
}
