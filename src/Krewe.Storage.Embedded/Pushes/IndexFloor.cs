namespace Krewe.Storage.Embedded.Pushes;

/// <summary>A key of an index before which there is nothing to look for. Readers begin there: the front of a queue in RocksDB is a field of
/// deleted rows, and a reader that walks through them costs more with each row that was ever taken.</summary>
/// <remarks>One reader at a time; the caller has a lock.</remarks>
internal sealed class IndexFloor
{
    private readonly byte[] _start;
    private byte[] _floor;
    private byte[]? _lowestSince;

    public IndexFloor(byte[] start) => _start = _floor = start;

    /// <summary>A reader begins here.</summary>
    public byte[] Begin()
    {
        _lowestSince = null;
        return _floor;
    }

    /// <summary>The reader found nothing before this key; rows that came since it began may be lower.</summary>
    public void Advance(byte[] to) => _floor = _lowestSince is { } lowest && Less(lowest, to) ? lowest : to;

    /// <summary>A row is there.</summary>
    public void Lower(byte[] key)
    {
        if (_lowestSince is null || Less(key, _lowestSince))
        {
            _lowestSince = key;
        }
        if (Less(key, _floor))
        {
            _floor = key;
        }
    }

    public void Reset() => (_floor, _lowestSince) = (_start, _start);

    private static bool Less(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => a.SequenceCompareTo(b) < 0;
}
