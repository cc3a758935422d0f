using RocksDbSharp;

namespace Krewe.Storage.Embedded.Database;

/// <summary>The column families, and how each is tuned. Names are on disks.</summary>
internal sealed class Columns(RocksDb db)
{
    private const string ItemsName = "items", IdsName = "ids", PeersName = "peers", HeadsName = "heads", StatesName = "states", GrainsName = "grains", PushesName = "pushes";

    /// <summary>(owner, seq) → item.</summary>
    public ColumnFamilyHandle Items { get; } = db.GetColumnFamily(ItemsName);

    /// <summary>(owner, from, id) → seq.</summary>
    public ColumnFamilyHandle Ids { get; } = db.GetColumnFamily(IdsName);

    /// <summary>(owner, peer, seq) of messages → nothing.</summary>
    public ColumnFamilyHandle Peers { get; } = db.GetColumnFamily(PeersName);

    /// <summary>owner → first and last seq.</summary>
    public ColumnFamilyHandle Heads { get; } = db.GetColumnFamily(HeadsName);

    /// <summary>owner → the mailbox's small state.</summary>
    public ColumnFamilyHandle States { get; } = db.GetColumnFamily(StatesName);

    /// <summary>(state name, grain id) → ETag and grain state.</summary>
    public ColumnFamilyHandle Grains { get; } = db.GetColumnFamily(GrainsName);

    /// <summary>The push outbox with its indexes, told apart by the first letter of the key.</summary>
    public ColumnFamilyHandle Pushes { get; } = db.GetColumnFamily(PushesName);

    public IEnumerable<ColumnFamilyHandle> All => [Items, Ids, Peers, Heads, States, Grains, Pushes];

    public static ColumnFamilies Describe(Cache cache)
    {
        var families = new ColumnFamilies(Family(cache, 1 << 20))
        {
            { ItemsName, Family(cache, 32 << 20) },
            { IdsName, AskedForWhatIsNotThere(Family(cache, 16 << 20)) },
            { PeersName, Family(cache, 16 << 20) },
            { HeadsName, Family(cache, 8 << 20) },
            { StatesName, Family(cache, 8 << 20) },
            { GrainsName, Family(cache, 8 << 20) },
            { PushesName, Family(cache, 8 << 20) },
        };
        return families;
    }

    // Every new message asks whether its id is there: a filter answers for the rows in memory, too, where else a skip list is walked.
    private static ColumnFamilyOptions AskedForWhatIsNotThere(ColumnFamilyOptions family)
    {
        Native.Instance.rocksdb_options_set_memtable_whole_key_filtering(family.Handle, 1);
        return family.SetMemtablePrefixBloomSizeRatio(0.1);
    }

    private static ColumnFamilyOptions Family(Cache cache, ulong writeBufferBytes)
    {
        var table = new BlockBasedTableOptions()
            .SetBlockCache(cache)
            .SetBlockSize(4 << 10)
            // 10 bits a key: 1 % false positives, so that an id that is not there costs no disk read (every new message asks).
            .SetFilterPolicy(BloomFilterPolicy.Create(10, false))
            .SetWholeKeyFiltering(true)
            // Filters and indexes count against the cache's bound instead of growing with the data.
            .SetCacheIndexAndFilterBlocks(true)
            .SetPinL0FilterAndIndexBlocksInCache(true)
            .SetFormatVersion(5);
        return new ColumnFamilyOptions()
            .SetBlockBasedTableFactory(table)
            // Uncompressed, so that a flipped bit costs one row and not the block around it (docs/decisions, damaged rows).
            .SetCompression(Compression.No)
            .SetWriteBufferSize(writeBufferBytes)
            .SetMaxWriteBufferNumber(3)
            .SetLevelCompactionDynamicLevelBytes(true);
    }
}
