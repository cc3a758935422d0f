using System.Diagnostics;

namespace Krewe.Checker.Histories;

/// <summary>What all clients did and saw, in the order in which it was written down.</summary>
internal sealed class History
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private readonly long _start = Stopwatch.GetTimestamp();
    private Action<Entry>? _watch;

    /// <summary>The time of this history.</summary>
    public TimeSpan Now => Stopwatch.GetElapsedTime(_start);

    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <summary>Writes down that it happens now. Invocations are written before the request goes out, results after the answer is there.</summary>
    public TimeSpan Add(Entry entry)
    {
        lock (_lock)
        {
            var timed = entry with { At = Now };
            _entries.Add(timed);
            _watch?.Invoke(timed);
            return timed.At;
        }
    }

    public IReadOnlyList<Entry> Snapshot()
    {
        lock (_lock) return [.. _entries];
    }

    /// <summary>Shows every further entry to somebody who must be quick; disposing ends it.</summary>
    public IDisposable Watch(Action<Entry> watcher)
    {
        lock (_lock) _watch += watcher;
        return new Watching(this, watcher);
    }

    private sealed class Watching(History history, Action<Entry> watcher) : IDisposable
    {
        public void Dispose()
        {
            lock (history._lock) history._watch -= watcher;
        }
    }
}
