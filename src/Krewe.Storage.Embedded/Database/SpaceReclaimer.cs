namespace Krewe.Storage.Embedded.Database;

/// <summary>Gives the space of deleted rows back to the file system when it is worth the rewriting.</summary>
internal sealed partial class SpaceReclaimer(DatabaseHost host, Func<long> databaseBytes, ILogger logger)
{
    // A compaction rewrites the tables: once for every tenth of their size that was deleted keeps that to ten bytes written for one freed.
    private const int Share = 10;
    private const long MinBytes = 16 << 20;

    private long _deleted;
    private Task _running = Task.CompletedTask;

    /// <summary>Takes note of deleted rows, by an estimate of their bytes.</summary>
    public void Deleted(long bytes) => Interlocked.Add(ref _deleted, bytes);

    /// <summary>Begins a compaction on a thread of its own, if one is due and none runs. Called every second, by one caller at a time.</summary>
    public void RunIfDue()
    {
        if (_running.IsCompleted && Interlocked.Read(ref _deleted) is var deleted && deleted >= Math.Max(MinBytes, databaseBytes() / Share))
        {
            _running = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    /// <summary>Compacts now, on the caller's thread.</summary>
    public void Run()
    {
        var deleted = Interlocked.Exchange(ref _deleted, 0);
        host.Compact();
        LogReclaimed(deleted >> 20, databaseBytes() >> 20);
    }

    [LoggerMessage(1, LogLevel.Information, "Tables were rewritten after about {DeletedMegabytes} MB had been deleted; they have {Megabytes} MB now.")]
    private partial void LogReclaimed(long deletedMegabytes, long megabytes);
}
