using Krewe.Core.Devices;
using Krewe.Core.Push;
using Krewe.Storage.Embedded.Database;
using RocksDbSharp;

namespace Krewe.Storage.Embedded.Pushes;

/// <summary>Rows of one platform that nobody has claimed, by due time.</summary>
internal sealed class DueWalk : IDisposable
{
    private readonly Iterator _iterator;
    private readonly PushReader _reader;
    private readonly PushLedger _ledger;
    private readonly byte[] _prefix;
    private byte[] _position;

    public DueWalk(OpenDatabase database, PushReader reader, PushPlatform platform, byte[] from, PushLedger ledger)
    {
        (_reader, _ledger, Platform, _position, _prefix) = (reader, ledger, platform, from, PushKeys.AllDue(platform));
        _iterator = database.Db.NewIterator(database.Columns.Pushes);
        _iterator.Seek(from);
        Settle();
    }

    public PushPlatform Platform { get; }

    /// <summary>The row that the walk stands at; null: there are no more.</summary>
    public PendingPush? Current { get; private set; }

    /// <summary>Nothing before this key is left to claim.</summary>
    public byte[] Position => _position;

    public void Next()
    {
        _position = PushKeys.After(_iterator.GetKeySpan());
        _iterator.Next();
        Settle();
    }

    public void Dispose() => _iterator.Dispose();

    // Goes on to the next row that can be claimed.
    private void Settle()
    {
        for (; _iterator.Valid() && _iterator.GetKeySpan().StartsWith(_prefix); _iterator.Next())
        {
            var key = _iterator.GetKeySpan();
            var name = PushKeys.OfIndex(key);
            // An index row without its row was settled since the iterator began, or its row is damaged.
            if (!_ledger.IsLeased(name) && _reader.Row(name) is { } row && row.Platform == Platform && row.Due == PushKeys.TimeOf(key))
            {
                _position = key.ToArray();
                Current = row;
                return;
            }
            _position = PushKeys.After(key);
        }
        Current = null;
    }
}
