using System.Text;
using Krewe.Grains.Push;

namespace Krewe.Grains.Mailboxes;

/// <summary>What a mailbox remembers beside its items: how far each device is, and the receipts that are still to be sent.
/// Kept as the bytes of <see cref="Encode"/> with the mailbox itself, so that items and cursors are never apart.</summary>
internal sealed class MailboxState
{
    private const byte Version = 1;

    /// <summary>Up to where each device has dealt with its items.</summary>
    public Dictionary<string, long> Acked { get; } = new(StringComparer.Ordinal);

    /// <summary>Senders have, or will have, a receipt of delivery for everything up to here.</summary>
    public long Delivered { get; private set; }

    /// <summary>The same for receipts of reading.</summary>
    public long Read { get; private set; }

    /// <summary>Receipts under way, oldest first.</summary>
    public List<ReceiptRange> Receipts { get; } = [];

    /// <summary>The time of the newest own message, so that a clock that steps back does not make the next one older.</summary>
    public DateTimeOffset LastSentAt { get; set; }

    /// <summary>What the devices were pushed.</summary>
    public PushState Pushes { get; private set; } = new();

    /// <summary>Notes an ack; false if it says nothing new.</summary>
    /// <param name="maxDevices">Beyond it the device that is furthest behind is forgotten.</param>
    public bool Ack(string device, long seq, bool read, int maxDevices)
    {
        var changed = seq > Acked.GetValueOrDefault(device);
        if (changed)
        {
            if (Acked.Count >= maxDevices && !Acked.ContainsKey(device)) Acked.Remove(Acked.MinBy(pair => pair.Value).Key);
            Acked[device] = seq;
        }
        if (read && seq > Read)
        {
            // Reading implies delivery: what was not reported as delivered yet gets this one receipt.
            Enqueue(new ReceiptRange(read: true, Read + 1, seq));
            (Read, Delivered, changed) = (seq, Math.Max(Delivered, seq), true);
        }
        else if (seq > Delivered)
        {
            Enqueue(new ReceiptRange(read: false, Delivered + 1, seq));
            (Delivered, changed) = (seq, true);
        }
        return changed;
    }

    /// <summary>Everything in the first range up to <paramref name="through"/> is durable at its senders.</summary>
    public void ReceiptsSent(long through)
    {
        Receipts[0].From = through + 1;
        if (Receipts[0].From > Receipts[0].To) Receipts.RemoveAt(0);
    }

    // Ranges that were not begun grow together, and what a read range covers needs no delivered one:
    // however many acks come while senders cannot be reached, a handful of ranges holds them.
    private void Enqueue(ReceiptRange added)
    {
        for (var i = Receipts.Count - 1; i >= 0; i--)
        {
            var waiting = Receipts[i];
            if (waiting.Begun) continue;
            if (waiting.Read == added.Read && waiting.To + 1 == added.From)
            {
                added.From = waiting.From;
                Receipts.RemoveAt(i);
            }
            else if (added.Read && !waiting.Read && waiting.From >= added.From && waiting.From <= added.To)
            {
                // Who is told of reading is not told of delivery afterwards.
                waiting.From = added.To + 1;
                if (waiting.From > waiting.To) Receipts.RemoveAt(i);
            }
        }
        Receipts.Add(added);
    }

    public byte[] Encode()
    {
        using var bytes = new MemoryStream(64 + 24 * Acked.Count);
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(Version);
        writer.Write7BitEncodedInt64(Delivered);
        writer.Write7BitEncodedInt64(Read);
        writer.Write7BitEncodedInt64(LastSentAt.UtcTicks / TimeSpan.TicksPerMillisecond);
        writer.Write7BitEncodedInt(Acked.Count);
        foreach (var (device, seq) in Acked)
        {
            writer.Write(device);
            writer.Write7BitEncodedInt64(seq);
        }
        writer.Write7BitEncodedInt(Receipts.Count);
        foreach (var range in Receipts)
        {
            writer.Write(range.Read);
            writer.Write7BitEncodedInt64(range.From);
            writer.Write7BitEncodedInt64(range.To);
        }
        // At the end, where an older server does not look.
        Pushes.Write(writer);
        writer.Flush();
        return bytes.ToArray();
    }

    public static MailboxState Decode(byte[]? bytes)
    {
        var state = new MailboxState();
        if (bytes is null) return state;
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
        var version = reader.ReadByte();
        if (version != Version) throw new InvalidDataException($"A mailbox state has version {version}; this server knows {Version}.");
        state.Delivered = reader.Read7BitEncodedInt64();
        state.Read = reader.Read7BitEncodedInt64();
        state.LastSentAt = new DateTimeOffset(reader.Read7BitEncodedInt64() * TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var device = reader.ReadString();
            state.Acked[device] = reader.Read7BitEncodedInt64();
        }
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var range = new ReceiptRange(reader.ReadBoolean(), reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64());
            // It may have been sent before a crash, under ids that its bounds made: they must not change any more.
            range.Begun = true;
            state.Receipts.Add(range);
        }
        state.Pushes = PushState.Read(reader);
        return state;
    }
}
