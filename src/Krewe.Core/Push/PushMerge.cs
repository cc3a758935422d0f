namespace Krewe.Core.Push;

/// <summary>What a row becomes when there is news for its device, or when its claim ends. The same in every outbox.</summary>
public static class PushMerge
{
    /// <summary>A row that waits meets a newer one.</summary>
    /// <remarks>
    /// Of the same kind: the row keeps when it began to wait and what was tried, and its seq rises. While nothing has failed yet the earlier due time
    /// holds, so that a push put off for the night gives way to an urgent one; after a failure the back-off holds, which is the device's and not the message's.
    /// Of another kind: the newer one takes its place, because a clear makes the message before it needless and a message makes the clear needless
    /// (its badge says as much); only the back-off stays.
    /// </remarks>
    public static PendingPush Join(PendingPush? waiting, PendingPush put)
    {
        ArgumentNullException.ThrowIfNull(put);
        if (waiting is null) return put;
        if (waiting.Kind == put.Kind)
            return waiting with
            {
                Seq = Math.Max(waiting.Seq, put.Seq),
                Due = waiting.Attempts == 0 && put.Due < waiting.Due ? put.Due : waiting.Due,
                Platform = put.Platform,
            };
        return waiting.Attempts == 0 ? put
            : put with { Due = put.Due > waiting.Due ? put.Due : waiting.Due, Attempts = waiting.Attempts, LastCode = waiting.LastCode };
    }

    /// <summary>A claim ends.</summary>
    /// <param name="row">The row as it is now.</param>
    /// <param name="claimed">The row as the worker got it, with the <c>seq</c> that it dealt with.</param>
    /// <param name="next">What the worker makes of it; null: nothing is left to do.</param>
    /// <param name="replaced">The row was taken away or changed its kind since.</param>
    /// <param name="late">The first row that joined since.</param>
    public static PendingPush? Settle(PendingPush row, PendingPush claimed, PendingPush? next, bool replaced, PendingPush? late)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(claimed);
        if (replaced || row.Kind != claimed.Kind)
            return next is null ? row : row with { Due = next.Due > row.Due ? next.Due : row.Due, Attempts = next.Attempts, LastCode = next.LastCode };
        if (next is not null)
            return next with { Seq = Math.Max(row.Seq, next.Seq), Platform = row.Platform != claimed.Platform ? row.Platform : next.Platform, Claim = 0 };
        if (row.Seq <= claimed.Seq) return null;
        // What came meanwhile waits as if it were alone.
        return row with { Due = late?.Due ?? row.Due, Since = late?.Since ?? row.Since, Attempts = 0, LastCode = null };
    }
}
