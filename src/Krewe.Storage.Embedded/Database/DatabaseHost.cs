using Krewe.Core.Mailboxes;
using RocksDbSharp;

namespace Krewe.Storage.Embedded.Database;

/// <summary>Holds the open database for its users, takes it out of service for writes after an error, and opens it anew when the disk is well.</summary>
/// <remarks>
/// After a failed write or flush nothing is known of what the disk holds, and flushing again may pretend success (the kernel forgets dirty
/// pages of a failed fsync). So the first failure stops all writes; reads go on; and only a new opening, which reads the log back from the
/// disk, allows writes again.
/// </remarks>
internal sealed partial class DatabaseHost : IDisposable
{
    // What an opening itself writes (a manifest, an options file, the log's rows as a table), beside the bytes of the log.
    private const long OpeningBytes = 16 << 20;

    private readonly ReaderWriterLockSlim _swap = new(LockRecursionPolicy.NoRecursion);
    private readonly Lock _manualCompaction = new();
    private readonly Cache _cache;
    private readonly string _path;
    private readonly FreeSpace _space;
    private readonly ILogger _logger;
    private OpenDatabase? _database;
    private volatile string? _trouble;
    private bool _tolerant;
    private bool _disposed;

    /// <exception cref="StoreStartException">It cannot be opened; the message is for the operator.</exception>
    public DatabaseHost(string path, EmbeddedStorageOptions options, FreeSpace space, ILogger logger)
    {
        (_path, _space, _logger) = (path, space, logger);
        _cache = Cache.CreateLru((ulong)options.CacheMegabytes << 20);
        RepairLogs();
        _database = OpenDatabase.Open(path, _cache, options.SkipDamagedLog, tolerant: false);
    }

    /// <summary>Why writes are refused; null while they are not.</summary>
    public string? Trouble => _trouble;

    /// <summary>Changes with each opening: what was known of the rows before no longer counts.</summary>
    public int Generation { get; private set; }

    /// <summary>The database, which stays open until the lease is disposed, on the same thread.</summary>
    /// <exception cref="StoreUnavailableException">It is closed.</exception>
    public Lease Rent()
    {
        _swap.EnterReadLock();
        if (_database is { } database)
        {
            return new Lease(this, database);
        }
        _swap.ExitReadLock();
        throw new StoreUnavailableException(_trouble ?? "The store is closed.");
    }

    /// <summary>Durable when it returns. A failure takes the store out of service for writes.</summary>
    /// <exception cref="StoreUnavailableException">It may or may not have happened.</exception>
    public void Write(WriteBatch batch)
    {
        using var lease = Rent();
        ThrowIfInTrouble();
        try
        {
            lease.Database.Write(batch);
        }
        catch (RocksDbException e)
        {
            _tolerant |= OpenDatabase.IsCorruption(e);
            _trouble = $"The disk refused a write: {e.Message}";
            LogWriteFailed(e.Message);
            throw new StoreUnavailableException(_trouble, e);
        }
    }

    /// <exception cref="StoreUnavailableException">Writes are refused at present.</exception>
    public void ThrowIfInTrouble()
    {
        if (_trouble is { } trouble)
        {
            throw new StoreUnavailableException(trouble);
        }
    }

    /// <summary>If writes are refused and the disk looks well: opens the database anew. Called every second.</summary>
    public void TryRecover()
    {
        if (_trouble is null || _space.Available() < OpeningBytes + LogBytes() || !_manualCompaction.TryEnter())
        {
            return;
        }
        try
        {
            Reopen();
        }
        finally
        {
            _manualCompaction.Exit();
        }
    }

    /// <summary>Rewrites what lies under deleted ranges, which gives their space back. Takes as long as the disk needs; reads and writes go on.</summary>
    public void Compact()
    {
        // Not while the database is being exchanged, and the exchange not meanwhile; a lease would hold up all readers behind an exchange.
        lock (_manualCompaction)
        {
            if (_disposed || _database is not { ReadOnly: false } database || _trouble is not null)
            {
                return;
            }
            var native = Native.Instance;
            var options = native.rocksdb_compactoptions_create();
            try
            {
                native.rocksdb_compactoptions_set_exclusive_manual_compaction(options, 0);
                foreach (var column in database.Columns.All)
                {
                    native.rocksdb_compact_range_cf_opt(database.Db.Handle, column.Handle, options, IntPtr.Zero, 0, IntPtr.Zero, 0);
                }
            }
            finally
            {
                native.rocksdb_compactoptions_destroy(options);
            }
        }
    }

    public void Dispose()
    {
        if (Volatile.Read(ref _database) is { } open)
        {
            // Ends a running compaction early; without one it does nothing.
            Native.Instance.rocksdb_disable_manual_compaction(open.Db.Handle);
        }
        lock (_manualCompaction)
        {
            _swap.EnterWriteLock();
            _disposed = true;
            _database?.Dispose();
            _database = null;
            _swap.ExitWriteLock();
        }
    }

    private void Reopen()
    {
        _swap.EnterWriteLock();
        try
        {
            if (_disposed)
            {
                return;
            }
            _database?.Dispose();
            _database = null;
            Generation++;
            RepairLogs();
            _database = OpenDatabase.Open(_path, _cache, skipDamagedLog: false, _tolerant);
            _trouble = null;
            LogRecovered();
        }
        catch (StoreStartException e)
        {
            _trouble = e.Message;
            LogNotRecovered(e.Message);
            ServeReads();
        }
        finally
        {
            _swap.ExitWriteLock();
        }
    }

    private void RepairLogs()
    {
        try
        {
            foreach (var place in LogRepair.RepairFiles(_path))
            {
                LogBitCorrected(place);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreStartException($"The store under {_path} cannot be read: {e.Message}", e);
        }
    }

    private void ServeReads()
    {
        try
        {
            _database = OpenDatabase.OpenReadOnly(_path, _cache);
        }
        catch (StoreStartException e)
        {
            LogNoReads(e.Message);
        }
    }

    private long LogBytes() => new DirectoryInfo(_path).EnumerateFiles("*.log").Sum(file => file.Length);

    /// <summary>A share in the open database.</summary>
    public readonly ref struct Lease(DatabaseHost host, OpenDatabase database)
    {
        public OpenDatabase Database { get; } = database;

        public void Dispose() => host._swap.ExitReadLock();
    }
}
