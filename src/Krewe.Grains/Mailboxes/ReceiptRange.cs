namespace Krewe.Grains.Mailboxes;

/// <summary>Items whose senders are still to be told that they were delivered, or read.</summary>
internal sealed class ReceiptRange(bool read, long from, long to)
{
    // One receipt names at most so many messages: 256 ids of 128 characters stay below the bound on one message.
    private const int ChunkItems = 256;

    public bool Read { get; } = read;
    public long From { get; set; } = from;
    public long To { get; } = to;

    /// <summary>Receipts for its first chunk may have gone out: from now on its bounds are fixed, because the receipts' ids derive from them.</summary>
    public bool Begun { get; set; }

    /// <summary>The last item of the part that is sent next.</summary>
    public long ChunkTo => Math.Min(To, From + ChunkItems - 1);

    /// <summary>The same for the same items at every attempt, so that a receipt that is sent again after a crash is known to its receiver.</summary>
    public string ChunkId => $"{(Read ? "read" : "delivered")}-{From}-{ChunkTo}";
}
