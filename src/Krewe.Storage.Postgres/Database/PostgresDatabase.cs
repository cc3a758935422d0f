using Krewe.Core.Mailboxes;
using Npgsql;

namespace Krewe.Storage.Postgres.Database;

/// <summary>The connections to the database: every call through it is bounded in time, and ends with a result or a <see cref="StoreUnavailableException"/>.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    // The settings of a server, database or role may say less than what an acknowledgement promises; more (remote_apply) stays.
    private const string FlushedCommits =
        "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit', true) in ('off', 'local', 'remote_write')";

    private readonly NpgsqlDataSource _source;

    public PostgresDatabase(ConnectionStrings connections, ILogger logger)
    {
        var builder = new NpgsqlDataSourceBuilder(connections.Pooled);
        builder.UsePhysicalConnectionInitializer(
            connection => Flush(connection).ExecuteNonQuery(),
            async connection =>
            {
                await using var command = Flush(connection);
                await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            });
        _source = builder.Build();
        Availability = new Availability(connections, _source.Clear, logger);
    }

    public Availability Availability { get; }

    /// <summary>Runs statements on a connection of the pool.</summary>
    /// <exception cref="StoreUnavailableException">They failed; a commit among them may have happened.</exception>
    public async Task<TResult> RunAsync<TQuery, TResult>(
        TQuery query, Func<NpgsqlConnection, TQuery, CancellationToken, Task<TResult>> run, CancellationToken cancellationToken)
    {
        try
        {
            return await TryAsync(query, run, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e)
        {
            throw Failures.Unavailable(e);
        }
    }

    /// <summary>The same for one who knows what to do about a statement that was refused.</summary>
    /// <exception cref="PostgresException">The database refused a statement, and nothing has happened.</exception>
    /// <exception cref="StoreUnavailableException">The database is away.</exception>
    public async Task<TResult> TryAsync<TQuery, TResult>(
        TQuery query, Func<NpgsqlConnection, TQuery, CancellationToken, Task<TResult>> run, CancellationToken cancellationToken)
    {
        Availability.ThrowIfInTrouble();
        try
        {
            return await Abandonable.RunAsync(calledOff => OnConnectionAsync(query, run, calledOff), Bounds.Call, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (Failures.IsOfDatabase(e) && Failures.IsOfConnection(e))
        {
            Availability.Suspect(Failures.Sentence(e));
            throw Failures.Unavailable(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Availability.DisposeAsync().ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<TResult> OnConnectionAsync<TQuery, TResult>(
        TQuery query, Func<NpgsqlConnection, TQuery, CancellationToken, Task<TResult>> run, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        return await run(connection, query, cancellationToken).ConfigureAwait(false);
    }

    private static NpgsqlCommand Flush(NpgsqlConnection connection) => new(FlushedCommits, connection);
}
