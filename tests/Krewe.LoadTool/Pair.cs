using System.Collections.Concurrent;

namespace Krewe.LoadTool;

/// <summary>A sender and its receiver.</summary>
internal sealed class Pair(LoadUser a, LoadUser b) : IAsyncDisposable
{
    public LoadUser A => a;

    public LoadUser B => b;

    public Ledger Ledger { get; } = new();

    /// <summary>When the messages under way were due, by number.</summary>
    public ConcurrentDictionary<long, long> Due { get; } = new(1, 16);

    public async ValueTask DisposeAsync()
    {
        await a.DisposeAsync();
        await b.DisposeAsync();
    }
}
