using Krewe.Core.Mailboxes;
using Krewe.Storage.Embedded.Files;
using RocksDbSharp;

namespace Krewe.Storage.Embedded.Database;

/// <summary>One opening of the database: its handle and columns, and the reads that every caller needs.</summary>
internal sealed class OpenDatabase : IDisposable
{
    private static readonly WriteOptions Synced = new WriteOptions().SetSync(true);
    private static readonly ReadOptions Verified = new();
    private static readonly ReadOptions Unverified = new ReadOptions().SetVerifyChecksums(false).SetFillCache(false);

    private OpenDatabase(RocksDb db, bool readOnly)
    {
        Db = db;
        ReadOnly = readOnly;
        Columns = new Columns(db);
    }

    public RocksDb Db { get; }

    public Columns Columns { get; }

    public bool ReadOnly { get; }

    /// <param name="tolerant">Go on where a compaction meets a damaged block: the block is read around, not compacted.</param>
    /// <exception cref="StoreStartException">Whatever the reason, in words for the operator.</exception>
    public static OpenDatabase Open(string path, Cache cache, bool skipDamagedLog, bool tolerant)
    {
        var options = Options(tolerant)
            // A path that has data and has lost what names it is damaged, not new.
            .SetCreateIfMissing(IsNew(path))
            .SetWalRecoveryMode(skipDamagedLog ? Recovery.SkipAnyCorruptedRecords : Recovery.TolerateCorruptedTailRecords);
        try
        {
            return new OpenDatabase(RocksDb.Open(options, path, Columns.Describe(cache)), readOnly: false);
        }
        catch (RocksDbException e)
        {
            throw Explain(path, e);
        }
    }

    /// <summary>For a disk that takes no writes: what the log holds is read into memory.</summary>
    public static OpenDatabase OpenReadOnly(string path, Cache cache)
    {
        try
        {
            return new OpenDatabase(RocksDb.OpenReadOnly(Options(tolerant: true), path, Columns.Describe(cache), false), readOnly: true);
        }
        catch (RocksDbException e)
        {
            throw Explain(path, e);
        }
    }

    /// <summary>Durable when it returns.</summary>
    public void Write(WriteBatch batch) => Db.Write(batch, Synced);

    public byte[]? Get(ReadOnlySpan<byte> key, ColumnFamilyHandle column)
    {
        try
        {
            return Db.Get(key, column, Verified);
        }
        catch (RocksDbException e) when (IsCorruption(e))
        {
            return GetUnverified(key, column);
        }
    }

    /// <summary>Reads around a block whose checksum is wrong: the caller has a checksum of its own for each row. Null when even that fails.</summary>
    public byte[]? GetUnverified(ReadOnlySpan<byte> key, ColumnFamilyHandle column)
    {
        try
        {
            return Db.Get(key, column, Unverified);
        }
        catch (RocksDbException e) when (IsCorruption(e))
        {
            return null;
        }
    }

    public static bool IsCorruption(RocksDbException e) => e.Message.StartsWith("Corruption", StringComparison.Ordinal);

    /// <summary>An iterator ends silently when it meets an error: this says whether it did.</summary>
    /// <returns>False when the rows are damaged.</returns>
    /// <exception cref="RocksDbException">Any other error.</exception>
    public static bool EndedWell(Iterator iterator)
    {
        try
        {
            Native.Instance.rocksdb_iter_get_error(iterator.Handle);
            return true;
        }
        catch (RocksDbException e) when (IsCorruption(e))
        {
            return false;
        }
    }

    public void Dispose() => Db.Dispose();

    private static bool IsNew(string path) =>
        !Directory.Exists(path) || !Directory.EnumerateFiles(path).Any(file => Path.GetExtension(file) is ".sst" or ".log");

    private static DbOptions Options(bool tolerant) => new DbOptions()
        .SetCreateMissingColumnFamilies(true)
        .SetParanoidChecks(!tolerant)
        .IncreaseParallelism(Math.Max(2, Environment.ProcessorCount))
        .SetMaxOpenFiles(1024)
        .SetMaxTotalWalSize(128 << 20)
        .SetBytesPerSync(1 << 20)
        .SetIsFdCloseOnExec(true)
        .SkipStatsUpdateOnOpen(true)
        .SetStatsDumpPeriodSec(0)
        .SetInfoLogLevel(InfoLogLevel.Warn)
        .SetMaxLogFileSize(4 << 20)
        .SetKeepLogFileNum(4);

    private static StoreStartException Explain(string path, RocksDbException e)
    {
        if (e.Message.Contains("lock", StringComparison.OrdinalIgnoreCase) && e.Message.Contains("LOCK", StringComparison.Ordinal))
        {
            return PathLock.InUse(path, "(unknown)", e);
        }
        return IsCorruption(e) || e.Message.Contains("create_if_missing is false", StringComparison.Ordinal)
            ? new StoreStartException(
                $"The store under {path} is damaged: {e.Message}. Restore the data path from a backup. If there is none and the damage is in a write-ahead log"
                + " (a .log file), start once with Krewe:Storage:SkipDamagedLog=true: what can be read is kept, the rest is lost.", e)
            : new StoreStartException($"The store under {path} cannot be opened: {e.Message}", e);
    }
}
