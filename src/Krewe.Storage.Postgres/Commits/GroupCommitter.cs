using Krewe.Core.Mailboxes;
using Krewe.Storage.Postgres.Database;
using Npgsql;

namespace Krewe.Storage.Postgres.Commits;

/// <summary>Puts a group of writes into one transaction: lock and read, decide, write and commit, in two round trips.</summary>
internal sealed class GroupCommitter(PostgresDatabase database, Action pushesChanged, PostgresStorageMetrics metrics, TimeProvider time) : ICommitter<StoreWrite>
{
    // Silos collide where two activations of one grain write at once, which one of them ends soon.
    private const int Attempts = 5;

    public int RowsOf(StoreWrite write) => write is StoreWrite.Append append ? Math.Max(1, append.Rows.Length) : 1;

    public async ValueTask CommitAsync(IReadOnlyList<StoreWrite> writes, Exception?[] refusals)
    {
        var began = time.GetTimestamp();
        try
        {
            await CommitAsync(writes, refusals, began).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            metrics.CommitFailed();
            throw;
        }
    }

    private async Task CommitAsync(IReadOnlyList<StoreWrite> writes, Exception?[] refusals, long began)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (await TryAsync(writes, refusals, began).ConfigureAwait(false))
                    return;
            }
            catch (PostgresException e) when (Failures.IsCollision(e) && attempt < Attempts && time.GetElapsedTime(began) < Bounds.Call / 2)
            {
            }
            catch (PostgresException e) when (Failures.IsOfValues(e) && writes.Count > 1)
            {
                await CommitSinglyAsync(writes, refusals, began).ConfigureAwait(false);
                return;
            }
            catch (PostgresException e)
            {
                throw Failures.Unavailable(e);
            }
            if (attempt >= Attempts)
                throw new StoreUnavailableException("The mailbox is being deleted.");
        }
    }

    /// <summary>One of them has what the database does not take: it alone is to hear so.</summary>
    private async Task CommitSinglyAsync(IReadOnlyList<StoreWrite> writes, Exception?[] refusals, long began)
    {
        for (var i = 0; i < writes.Count; i++)
        {
            var refusal = new Exception?[1];
            try
            {
                await CommitAsync([writes[i]], refusal, began).ConfigureAwait(false);
                refusals[i] = refusal[0];
            }
            catch (StoreUnavailableException e)
            {
                refusals[i] = e;
            }
        }
    }

    /// <returns>False if the group must be tried again.</returns>
    private async Task<bool> TryAsync(IReadOnlyList<StoreWrite> writes, Exception?[] refusals, long began)
    {
        var group = new CommitGroup([.. writes]);
        if (!await database.TryAsync(group, RunAsync, CancellationToken.None).ConfigureAwait(false))
            return false;
        group.Refusals.CopyTo(refusals, 0);
        if (group.Fenced > 0)
            metrics.Fenced(group.Fenced);
        if (group.Rows > 0)
            metrics.Committed(group.Rows, time.GetElapsedTime(began));
        if (group.PutsPush)
            pushesChanged();
        return true;
    }

    private static async Task<bool> RunAsync(NpgsqlConnection connection, CommitGroup group, CancellationToken cancellationToken)
    {
        try
        {
            await using (var batch = connection.CreateBatch())
            {
                group.Lock(batch);
                await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await group.ReadAsync(reader, cancellationToken).ConfigureAwait(false);
            }
            group.Decide();
            if (group.MissedHead || group.Rows == 0)
            {
                await RollBackAsync(connection, cancellationToken).ConfigureAwait(false);
                return !group.MissedHead;
            }
            await using (var batch = connection.CreateBatch())
            {
                group.Write(batch);
                await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
            return true;
        }
        catch (PostgresException) when (connection.State == System.Data.ConnectionState.Open)
        {
            await RollBackAsync(connection, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task RollBackAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.Command("rollback");
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
