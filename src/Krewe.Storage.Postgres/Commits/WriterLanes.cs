using Krewe.Core.Mailboxes;
using Krewe.Storage.Postgres.Database;

namespace Krewe.Storage.Postgres.Commits;

/// <summary>Several group-commit writers; an owner always has the same one, which keeps the order of its commits.</summary>
internal sealed class WriterLanes : IAsyncDisposable
{
    private readonly Availability _availability;
    private readonly GroupCommitWriter<StoreWrite>[] _lanes;

    public WriterLanes(PostgresDatabase database, PostgresStorageOptions options, Action pushesChanged, PostgresStorageMetrics metrics, TimeProvider time)
    {
        _availability = database.Availability;
        _lanes = [.. Enumerable.Range(1, options.Writers).Select(number => new GroupCommitWriter<StoreWrite>(
            new GroupCommitter(database, pushesChanged, metrics, time),
            new GroupCommitOptions { QueueLength = Math.Max(1, options.QueueLength / options.Writers), ThreadName = $"krewe-commit-{number}" }))];
    }

    public int QueueLength => _lanes.Sum(lane => lane.QueueLength);

    public Task WriteAsync(StoreWrite write, CancellationToken cancellationToken = default) =>
        // Not into the queue of a database that is known to be away: what waits there already will hear of it soon enough.
        _availability.Trouble is { } trouble
            ? Task.FromException(new StoreUnavailableException(trouble))
            : _lanes[(uint)write.Owner.GetHashCode() % (uint)_lanes.Length].WriteAsync(write, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var lane in _lanes)
            await lane.DisposeAsync().ConfigureAwait(false);
    }
}
