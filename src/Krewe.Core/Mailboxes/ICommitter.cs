namespace Krewe.Core.Mailboxes;

/// <summary>Puts many writes on disk in one go, for a <see cref="GroupCommitWriter{T}"/>.</summary>
public interface ICommitter<T>
{
    /// <summary>Rows that a write costs, so that a commit stays bounded.</summary>
    int RowsOf(T write);

    /// <summary>Makes the writes durable together, as far as each is in order. Called by one caller at a time.</summary>
    /// <param name="refusals">One place for each write, null at first: an exception put there refuses that write alone.</param>
    /// <returns>When all writes without a refusal are flushed. An exception means that nothing is known of any of them.</returns>
    ValueTask CommitAsync(IReadOnlyList<T> writes, Exception?[] refusals);
}
