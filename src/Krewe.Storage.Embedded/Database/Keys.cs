using System.Buffers.Binary;
using System.Text;
using Krewe.Core.Addresses;

namespace Krewe.Storage.Embedded.Database;

/// <summary>The keys of the rows: parts that end in a zero byte, which no address contains, so that no owner's keys begin with another's.</summary>
internal static class Keys
{
    private const byte End = 0;
    // The first byte string after all keys of an owner is its text with this in place of the terminator.
    private const byte AfterEnd = 1;

    public static byte[] Owner(Jid owner) => Build(owner.Text, "", "", null);

    /// <summary>The first key after all of this owner's.</summary>
    public static byte[] AfterOwner(Jid owner)
    {
        var key = Owner(owner);
        key[^1] = AfterEnd;
        return key;
    }

    public static byte[] Item(Jid owner, long seq) => Build(owner.Text, "", "", seq);

    /// <summary>The last part may contain anything: nothing follows it.</summary>
    public static byte[] Id(Jid owner, Jid from, string id) => Build(owner.Text, from.Text, id, null);

    public static byte[] Peer(Jid owner, Jid peer, long seq) => Build(owner.Text, peer.Text, "", seq);

    public static byte[] GrainState(string stateName, string grainId) => Build(stateName, "", grainId, null);

    public static long SeqOf(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadInt64BigEndian(key[^sizeof(long)..]);

    /// <summary>The owner of a key that has nothing after its owner.</summary>
    public static Jid OwnerOf(ReadOnlySpan<byte> key) => Jid.FromCanonical(Encoding.UTF8.GetString(key[..^1]));

    public static byte[] Number(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Build(string first, string second, string last, long? seq)
    {
        if (first.Length == 0 || first.Contains('\0') || second.Contains('\0'))
        {
            throw new ArgumentException("An address in a key is not empty and has no U+0000.");
        }
        var length = Encoding.UTF8.GetByteCount(first) + 1
            + (second.Length > 0 ? Encoding.UTF8.GetByteCount(second) + 1 : 0) + Encoding.UTF8.GetByteCount(last) + (seq is null ? 0 : sizeof(long));
        var key = new byte[length];
        var at = Encoding.UTF8.GetBytes(first, key);
        key[at++] = End;
        if (second.Length > 0)
        {
            at += Encoding.UTF8.GetBytes(second, key.AsSpan(at));
            key[at++] = End;
        }
        at += Encoding.UTF8.GetBytes(last, key.AsSpan(at));
        if (seq is { } number)
        {
            BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(at), number);
        }
        return key;
    }
}
