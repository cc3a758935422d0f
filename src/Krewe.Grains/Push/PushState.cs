namespace Krewe.Grains.Push;

/// <summary>What a mailbox remembers of its owner's pushes. Kept with the mailbox's state, so that it is never apart from cursors and rows.</summary>
internal sealed class PushState
{
    private const byte Form = 1;

    /// <summary>Up to where a session in use has acked: no device need be woken for it.</summary>
    public long Covered { get; set; }

    /// <summary>The newest message that each device shows.</summary>
    public Dictionary<string, long> Shown { get; } = new(StringComparer.Ordinal);

    /// <summary>How many unread messages were counted, and in which part of the mailbox.</summary>
    public UnreadMark Unread { get; set; }

    private bool IsEmpty => Covered == 0 && Shown.Count == 0 && Unread == default;

    /// <summary>Whoever was never pushed has no bytes of it.</summary>
    public void Write(BinaryWriter writer)
    {
        if (IsEmpty) return;
        writer.Write(Form);
        writer.Write7BitEncodedInt64(Covered);
        writer.Write7BitEncodedInt64(Unread.From);
        writer.Write7BitEncodedInt64(Unread.Through);
        writer.Write7BitEncodedInt(Unread.Count);
        writer.Write7BitEncodedInt(Shown.Count);
        foreach (var (device, seq) in Shown)
        {
            writer.Write(device);
            writer.Write7BitEncodedInt64(seq);
        }
    }

    public static PushState Read(BinaryReader reader)
    {
        var state = new PushState();
        if (reader.BaseStream.Position == reader.BaseStream.Length) return state;
        // A later form: what it says is a convenience for devices, and not worth a mailbox that cannot be opened.
        if (reader.ReadByte() != Form) return state;
        state.Covered = reader.Read7BitEncodedInt64();
        state.Unread = new(reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt());
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var device = reader.ReadString();
            state.Shown[device] = reader.Read7BitEncodedInt64();
        }
        return state;
    }
}

/// <summary>So many messages of others lie after <paramref name="From"/> up to and with <paramref name="Through"/>.</summary>
internal readonly record struct UnreadMark(long From, long Through, int Count);
