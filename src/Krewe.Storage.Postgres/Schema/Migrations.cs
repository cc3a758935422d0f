using System.Globalization;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Postgres.Database;
using Npgsql;

namespace Krewe.Storage.Postgres.Schema;

/// <summary>Brings the database to the form that this program knows. One silo does it while others wait.</summary>
/// <remarks>The lock is a row, not an advisory lock, which CockroachDB has not. All steps are one transaction: there is no half-made schema.</remarks>
internal sealed partial class Migrations(ConnectionStrings connections, ILogger logger)
{
    // What Npgsql supports and the statements need; tested on 15.
    private const int OldestServer = 130_000;

    private const string Locks = "create table if not exists krewe_locks (name text not null primary key, holder text, until timestamptz)";
    private const string LockRow = "insert into krewe_locks (name) values ('schema') on conflict (name) do nothing";
    private const string TakeLock = "select name from krewe_locks where name = 'schema' for update";
    private const string Versions = "create table if not exists krewe_schema (version int not null primary key, applied_at timestamptz not null default now())";

    private static readonly (int Version, string Name)[] Steps = [.. typeof(Migrations).Assembly.GetManifestResourceNames()
        .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(name => (int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name))];

    public static int Newest => Steps[^1].Version;

    /// <exception cref="StoreStartException">It cannot be done; the message is for the operator.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(connections.Migration);
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await CheckServerAsync(connection, cancellationToken).ConfigureAwait(false);
            if (await VersionAsync(connection, cancellationToken).ConfigureAwait(false) < Newest)
                await MigrateAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (Failures.IsOfDatabase(e) && !cancellationToken.IsCancellationRequested)
        {
            throw Failures.AtStart(e, connections);
        }
    }

    private async Task MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await PrepareAsync(connection, cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await ExecuteAsync(connection, TakeLock, cancellationToken).ConfigureAwait(false);
        var version = await VersionAsync(connection, cancellationToken).ConfigureAwait(false);
        foreach (var (step, name) in Steps.Where(step => step.Version > version))
        {
            using var script = new StreamReader(typeof(Migrations).Assembly.GetManifestResourceStream(name)!);
            await ExecuteAsync(connection, await script.ReadToEndAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"insert into krewe_schema (version) values ({step})"), cancellationToken).ConfigureAwait(false);
            LogApplied(step);
        }
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What must be there before anything can be locked.</summary>
    private static async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (var statement in (string[])[Locks, LockRow, Versions])
        {
            // "If not exists" fails where two make the same table at the same time: the second time it is there.
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await ExecuteAsync(connection, statement, cancellationToken).ConfigureAwait(false);
                    break;
                }
                catch (PostgresException e) when (attempt < 5
                    && e.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateObject)
                {
                }
            }
        }
    }

    private async Task CheckServerAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(
            "select current_setting('server_version_num')::int, current_setting('server_version'), current_setting('server_encoding'), current_setting('fsync', true)");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (reader.GetInt32(0) < OldestServer)
            throw new StoreStartException($"The database {connections.Place} is PostgreSQL {reader.GetString(1)}; Krewe needs 13 or newer.");
        if (!reader.GetString(2).Equals("UTF8", StringComparison.OrdinalIgnoreCase))
            throw new StoreStartException($"The database {connections.Place} has the encoding {reader.GetString(2)}; Krewe needs UTF8 (createdb --encoding UTF8 --template template0).");
        if (!reader.IsDBNull(3) && reader.GetString(3) == "off")
            LogNoFlush();
    }

    /// <returns>0 where nothing is.</returns>
    /// <exception cref="StoreStartException">It is newer than this program.</exception>
    private async Task<int> VersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await ScalarAsync(connection, "select to_regclass('krewe_schema')::text", cancellationToken).ConfigureAwait(false) is not string)
            return 0;
        var version = await ScalarAsync(connection, "select coalesce(max(version), 0) from krewe_schema", cancellationToken).ConfigureAwait(false) is int found ? found : 0;
        return version <= Newest ? version : throw new StoreStartException(
            $"The database {connections.Place} was written by a newer Krewe (schema {version}; this one knows up to {Newest}): start that one, or restore a backup made before the upgrade.");
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(sql);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(sql);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(1, LogLevel.Information, "The database has schema {Version} now.")]
    private partial void LogApplied(int version);

    [LoggerMessage(2, LogLevel.Error, "The database does not flush (fsync is off): a power failure loses acknowledged messages. Switch it on.")]
    private partial void LogNoFlush();
}
