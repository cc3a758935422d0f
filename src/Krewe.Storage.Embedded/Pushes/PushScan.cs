using Krewe.Storage.Embedded.Database;
using RocksDbSharp;

namespace Krewe.Storage.Embedded.Pushes;

/// <summary>Reads the keys that begin with a prefix, and stops there.</summary>
/// <remarks>The bound is what keeps an empty queue cheap: without it, looking for the next key walks through all deleted rows of whatever is sorted behind.</remarks>
internal sealed class PushScan : IDisposable
{
    // Longer ones, with a user's name in them, are seldom asked for.
    private const int CachedPrefixBytes = 2;
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<(byte, byte), ReadOptions> Cached = new();

    private readonly Iterator _iterator;
    // The native iterator reads the bound out of them as long as it lives.
    private readonly ReadOptions _options;

    public PushScan(OpenDatabase database, byte[] prefix, byte[] from)
    {
        _options = prefix.Length == CachedPrefixBytes ? Cached.GetOrAdd((prefix[0], prefix[1]), static key => Bounded([key.Item1, key.Item2])) : Bounded(prefix);
        _iterator = database.Db.NewIterator(database.Columns.Pushes, _options);
        _iterator.Seek(from);
    }

    public bool Valid => _iterator.Valid();

    public ReadOnlySpan<byte> Key => _iterator.GetKeySpan();

    public void Next() => _iterator.Next();

    /// <summary>False when it ended because a row is damaged.</summary>
    public bool EndedWell() => OpenDatabase.EndedWell(_iterator);

    /// <summary>The first key after all that begin with the prefix.</summary>
    public static byte[] End(byte[] prefix) => [.. prefix.AsSpan(..^1), (byte)(prefix[^1] + 1)];

    public void Dispose()
    {
        _iterator.Dispose();
        GC.KeepAlive(_options);
    }

    private static ReadOptions Bounded(byte[] prefix) => new ReadOptions().SetIterateUpperBound(End(prefix));
}
