using Krewe.Core.Accounts;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Krewe.Storage.Embedded.Database;
using Krewe.Storage.Embedded.Files;
using Krewe.Storage.Embedded.Grains;
using Krewe.Storage.Embedded.Mailboxes;
using Krewe.Storage.Embedded.Pushes;
using Krewe.Storage.Embedded.Retention;

namespace Krewe.Storage.Embedded;

/// <summary>An open data path: mailboxes, grain state and the cluster's secret of a single silo. One process holds a path at a time.</summary>
public sealed partial class EmbeddedStore : IStoreHealth, IAsyncDisposable
{
    private static readonly TimeSpan MaintenanceInterval = TimeSpan.FromSeconds(1);

    private readonly PathLock _lock;
    private readonly GroupCommitWriter<StoreWrite> _writer;
    private readonly ITimer _maintenance;
    private readonly RetentionSweeper _sweeper;
    private readonly ILogger _logger;
    private int _maintaining;
    private int _disposed;

    private EmbeddedStore(
        PathLock @lock, string path, EmbeddedStorageOptions options, EmbeddedStorageMetrics metrics, ILoggerFactory loggerFactory, TimeProvider time, FreeSpace space)
    {
        _lock = @lock;
        _logger = loggerFactory.CreateLogger<EmbeddedStore>();
        Path = path;
        FormatFile.Check(path);
        Secret = FileClusterSecret.Load(path);
        var database = System.IO.Path.Combine(path, "db");
        Host = new DatabaseHost(database, options, space, loggerFactory.CreateLogger<DatabaseHost>());
        Damage = new DamageLog(metrics, loggerFactory.CreateLogger<DamageLog>());
        Reclaimer = new SpaceReclaimer(Host, TableBytes, loggerFactory.CreateLogger<SpaceReclaimer>());
        var ledger = new PushLedger();
        var pushes = new EmbeddedPushOutbox(this, ledger, time);
        Pushes = pushes;
        _writer = new GroupCommitWriter<StoreWrite>(
            new StoreCommitter(Host, space, options.KnownMailboxes, ledger, pushes.RaiseChanged, Damage, metrics, time), new GroupCommitOptions { QueueLength = options.QueueLength });
        var mailboxes = new EmbeddedMailboxStore(this);
        Mailboxes = mailboxes;
        Users = new EmbeddedUserList(this);
        _sweeper = new RetentionSweeper(Host, mailboxes, options.Retention, loggerFactory.CreateLogger<RetentionSweeper>(), time);
        metrics.Observe(() => _writer.QueueLength, TableBytes, () => Trouble is null);
        _maintenance = time.CreateTimer(static store => ((EmbeddedStore)store!).Maintain(), this, MaintenanceInterval, MaintenanceInterval);
    }

    /// <summary>The folder, as an absolute path.</summary>
    public string Path { get; }

    public IMailboxStore Mailboxes { get; }

    public IPushOutbox Pushes { get; }

    public IUserList Users { get; }

    public IClusterSecret Secret { get; }

    public string? Trouble => Host.Trouble;

    internal DatabaseHost Host { get; }

    internal DamageLog Damage { get; }

    internal SpaceReclaimer Reclaimer { get; }

    internal RetentionSweeper Retention => _sweeper;

    /// <summary>Opens or makes the store.</summary>
    /// <exception cref="StoreStartException">It cannot be opened; the message is for the operator.</exception>
    public static EmbeddedStore Open(EmbeddedStorageOptions options, EmbeddedStorageMetrics metrics, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(options);
        var space = FreeSpace.Of(System.IO.Path.GetFullPath(options.Path), (long)options.MinFreeMegabytes << 20);
        return Open(options, metrics, loggerFactory, timeProvider, space);
    }

    internal static EmbeddedStore Open(
        EmbeddedStorageOptions options, EmbeddedStorageMetrics metrics, ILoggerFactory loggerFactory, TimeProvider timeProvider, FreeSpace space)
    {
        var path = System.IO.Path.GetFullPath(options.Path);
        var @lock = PathLock.Take(path);
        try
        {
            return new EmbeddedStore(@lock, path, options, metrics, loggerFactory, timeProvider, space);
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    /// <summary>Commits what is in the queue, then closes the database and releases the path.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }
        await _sweeper.DisposeAsync().ConfigureAwait(false);
        await _maintenance.DisposeAsync().ConfigureAwait(false);
        await _writer.DisposeAsync().ConfigureAwait(false);
        Host.Dispose();
        _lock.Dispose();
    }

    internal Task WriteAsync(StoreWrite write, CancellationToken cancellationToken = default) => _writer.WriteAsync(write, cancellationToken);

    private long TableBytes()
    {
        try
        {
            return new DirectoryInfo(System.IO.Path.Combine(Path, "db")).EnumerateFiles("*.sst").Sum(file => file.Length);
        }
        catch (IOException)
        {
            // A table that was deleted between listing and asking; the next look is as good.
            return 0;
        }
    }

    private void Maintain()
    {
        // A reopening may take longer than the timer's period.
        if (Interlocked.Exchange(ref _maintaining, 1) != 0)
        {
            return;
        }
        try
        {
            Host.TryRecover();
            Reclaimer.RunIfDue();
        }
#pragma warning disable CA1031 // Nobody above a timer's callback would hear of it, and the process would end.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogMaintenanceFailed(e);
        }
        finally
        {
            Volatile.Write(ref _maintaining, 0);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The store's maintenance failed; it is tried again in a second.")]
    private partial void LogMaintenanceFailed(Exception exception);
}
