using Krewe.Core.Addresses;
using Krewe.Storage.Postgres.Database;
using Npgsql;
using static Krewe.Storage.Postgres.Database.Statements;

namespace Krewe.Storage.Postgres.Mailboxes;

/// <summary>Deletes items and whole mailboxes, in steps that hold up nobody.</summary>
internal sealed class MailboxEraser(PostgresDatabase database, PostgresStorageMetrics metrics)
{
    private const int Step = 1_000;

    // The head first: a commit that waits for it does not hold what the deletion needs.
    private const string LockSql = "select first_seq, last_seq from krewe_mailboxes where owner = $1 for update";

    public async Task TrimAsync(Jid owner, long through, CancellationToken cancellationToken)
    {
        while (await database.RunAsync((owner, through), TrimStepAsync, cancellationToken).ConfigureAwait(false) is var (trimmed, more))
        {
            metrics.Trimmed(trimmed);
            if (!more)
                return;
        }
    }

    /// <summary>The mailbox with its items, and what its devices are to be pushed. Interrupted, it leaves a mailbox with fewer items; the caller comes again.</summary>
    public async Task DeleteAsync(Jid owner, CancellationToken cancellationToken)
    {
        await TrimAsync(owner, long.MaxValue, cancellationToken).ConfigureAwait(false);
        await database.RunAsync(owner, static async (connection, owner, cancel) =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
            await using var batch = new NpgsqlBatch(connection, transaction);
            foreach (var statement in (string[])
                [LockSql, "delete from krewe_items where owner = $1", "delete from krewe_pushes where owner = $1", "delete from krewe_pushes_aside where owner = $1", "delete from krewe_mailboxes where owner = $1"])
                batch.BatchCommands.Add(Statement(statement, Value(owner.Text)));
            await batch.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
            await transaction.CommitAsync(cancel).ConfigureAwait(false);
            return true;
        }, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<(long Trimmed, bool More)> TrimStepAsync(NpgsqlConnection connection, (Jid Owner, long Through) q, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        long first, last;
        await using (var command = connection.Command(LockSql, Value(q.Owner.Text)))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                return default;
            (first, last) = (reader.GetInt64(0), reader.GetInt64(1));
        }
        var end = Math.Min(q.Through, last);
        var through = Math.Min(end, first + Step - 1);
        if (through < first)
            return default;
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(Statement("update krewe_mailboxes set first_seq = $2 where owner = $1", Value(q.Owner.Text), Value(through + 1)));
        batch.BatchCommands.Add(Statement("delete from krewe_items where owner = $1 and seq <= $2", Value(q.Owner.Text), Value(through)));
        await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return (through - first + 1, through < end);
    }
}
