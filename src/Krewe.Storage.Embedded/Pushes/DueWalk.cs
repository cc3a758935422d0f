using Krewe.Core.Devices;
using Krewe.Core.Push;
using Krewe.Storage.Embedded.Database;

namespace Krewe.Storage.Embedded.Pushes;

/// <summary>Rows of one platform that nobody has claimed, by due time.</summary>
internal sealed class DueWalk : IDisposable
{
    private readonly PushScan _scan;
    private readonly PushReader _reader;
    private readonly PushLedger _ledger;
    private readonly byte[] _end;
    private byte[] _position;

    public DueWalk(OpenDatabase database, PushReader reader, PushPlatform platform, byte[] from, PushLedger ledger)
    {
        (_reader, _ledger, Platform, _position, _end) = (reader, ledger, platform, from, PushScan.End(PushKeys.AllDue(platform)));
        _scan = new PushScan(database, PushKeys.AllDue(platform), from);
        Settle();
    }

    public PushPlatform Platform { get; }

    /// <summary>The row that the walk stands at; null: there are no more.</summary>
    public PendingPush? Current { get; private set; }

    /// <summary>Nothing before this key is left to claim.</summary>
    public byte[] Position => _position;

    public void Next()
    {
        _position = PushKeys.After(_scan.Key);
        _scan.Next();
        Settle();
    }

    public void Dispose() => _scan.Dispose();

    // Goes on to the next row that can be claimed.
    private void Settle()
    {
        for (; _scan.Valid; _scan.Next())
        {
            var key = _scan.Key;
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
        if (_scan.EndedWell())
        {
            _position = _end;
        }
    }
}
