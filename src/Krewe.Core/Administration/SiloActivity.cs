namespace Krewe.Core.Administration;

/// <summary>What this silo has done since its start, as plain numbers for the operator's pages. Counting costs a few nanoseconds.</summary>
public sealed class SiloActivity
{
    private long _sent;
    private long _items;

    /// <summary>Messages that were accepted from their senders and are durable in both mailboxes.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Items made durable in mailboxes: messages, own copies, receipts.</summary>
    public long Items => Interlocked.Read(ref _items);

    public void MessagesSent(int count) => Interlocked.Add(ref _sent, count);

    public void ItemsAppended(int count) => Interlocked.Add(ref _items, count);
}
