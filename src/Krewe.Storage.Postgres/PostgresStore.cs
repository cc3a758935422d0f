using Krewe.Core.Accounts;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Krewe.Storage.Postgres.Commits;
using Krewe.Storage.Postgres.Database;
using Krewe.Storage.Postgres.Grains;
using Krewe.Storage.Postgres.Mailboxes;
using Krewe.Storage.Postgres.Pushes;
using Krewe.Storage.Postgres.Retention;
using Krewe.Storage.Postgres.Schema;

namespace Krewe.Storage.Postgres;

/// <summary>A silo's way to the cluster's database: mailboxes, push outbox, grain state and the cluster's secret.</summary>
public sealed class PostgresStore : IStoreHealth, IAsyncDisposable
{
    private readonly ConnectionStrings _connections;
    private readonly ILoggerFactory _loggerFactory;
    private readonly WriterLanes? _writers;
    private readonly PostgresMailboxStore? _mailboxes;
    private readonly PostgresPushOutbox? _pushes;
    private readonly RetentionSweeper? _retention;
    private readonly ClusterSecret _secret = new();
    private int _disposed;

    /// <param name="runsUsers">False on a silo that runs no users: there is no writer then, and nobody sweeps.</param>
    /// <exception cref="StoreStartException">The connection string is missing or none.</exception>
    public PostgresStore(
        PostgresStorageOptions options, PostgresStorageMetrics metrics, ILoggerFactory loggerFactory, TimeProvider timeProvider, bool runsUsers = true)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentNullException.ThrowIfNull(timeProvider);
        _loggerFactory = loggerFactory;
        _connections = new ConnectionStrings(options.ConnectionString, options.MaxConnections);
        Database = new PostgresDatabase(_connections, loggerFactory.CreateLogger<Availability>());
        Users = new PostgresUserList(Database);
        metrics.Observe(() => _writers?.QueueLength ?? 0, () => Trouble is null);
        if (!runsUsers)
            return;
        var news = new PushNews();
        _writers = new WriterLanes(Database, options, news.Raise, metrics, timeProvider);
        var eraser = new MailboxEraser(Database, metrics);
        _mailboxes = new PostgresMailboxStore(new MailboxReader(Database, metrics, loggerFactory.CreateLogger<MailboxReader>()), eraser, _writers);
        _pushes = new PostgresPushOutbox(Database, news, _writers, timeProvider);
        _retention = new RetentionSweeper(Database, eraser, options.Retention, loggerFactory.CreateLogger<RetentionSweeper>(), timeProvider);
    }

    /// <summary>Host, port and database, as people may see them.</summary>
    public string Place => _connections.Place;

    public IMailboxStore Mailboxes => _mailboxes ?? throw RunsNone();

    public IPushOutbox Pushes => _pushes ?? throw RunsNone();

    public IUserList Users { get; }

    public IClusterSecret Secret => _secret;

    public string? Trouble => Database.Availability.Trouble;

    internal PostgresDatabase Database { get; }

    internal RetentionSweeper Retention => _retention ?? throw RunsNone();

    /// <summary>The connection string for Orleans' membership in the same database, with time-outs that suit it.</summary>
    /// <exception cref="StoreStartException">It is missing or none.</exception>
    public static string MembershipConnectionString(PostgresStorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ConnectionStrings(options.ConnectionString, options.MaxConnections).Membership;
    }

    /// <summary>Checks the database, makes or migrates the schema, reads the secret.</summary>
    /// <exception cref="StoreStartException">The message is for the operator.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken = default)
    {
        await new Migrations(_connections, _loggerFactory.CreateLogger<Migrations>()).RunAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _secret.LoadAsync(Database, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e) when (e.InnerException is { } inner)
        {
            throw Failures.AtStart(inner, _connections);
        }
    }

    /// <summary>Commits what is in the queues, then closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        if (_retention is not null)
            await _retention.DisposeAsync().ConfigureAwait(false);
        _pushes?.Dispose();
        if (_writers is not null)
            await _writers.DisposeAsync().ConfigureAwait(false);
        await Database.DisposeAsync().ConfigureAwait(false);
    }

    private static InvalidOperationException RunsNone() => new("This silo runs no users.");
}
