using Krewe.Core.Mailboxes;
using Npgsql;

namespace Krewe.Storage.Postgres.Database;

/// <summary>Whether the database is there. After a connection failed, all calls fail at once until a look says that it is back.</summary>
/// <remarks>Without it each of those who wait behind a dead connection would wait for a time-out of their own, one after the other.</remarks>
internal sealed partial class Availability(ConnectionStrings connections, Action forgetConnections, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private volatile string? _trouble;
    private Task _watching = Task.CompletedTask;

    /// <summary>Why calls fail; null while they do not.</summary>
    public string? Trouble => _trouble;

    /// <exception cref="StoreUnavailableException">The database is known to be away.</exception>
    public void ThrowIfInTrouble()
    {
        if (_trouble is { } trouble)
            throw new StoreUnavailableException(trouble);
    }

    /// <summary>A connection failed, or did not answer in time.</summary>
    public void Suspect(string reason)
    {
        lock (_lock)
        {
            if (_trouble is not null || _stop.IsCancellationRequested)
                return;
            _trouble = reason;
            _watching = Task.Run(WatchAsync);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task watching;
        lock (_lock)
        {
            _stop.Cancel();
            watching = _watching;
        }
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        // What the pool holds may be as dead as what failed.
        forgetConnections();
        if (await LookAsync().ConfigureAwait(false) is { } first)
        {
            LogAway(first);
            do
            {
                _trouble = first;
                await Task.Delay(Bounds.ProbeInterval, _stop.Token).ConfigureAwait(false);
            }
            while (await LookAsync().ConfigureAwait(false) is not null);
            forgetConnections();
            LogBack();
        }
        lock (_lock)
            _trouble = null;
    }

    /// <returns>Null if the database answers, else what it says instead.</returns>
    private async Task<string?> LookAsync()
    {
        try
        {
            await Abandonable.RunAsync(AskAsync, Bounds.Probe, _stop.Token).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (!_stop.IsCancellationRequested && Failures.IsOfDatabase(e))
        {
            return Failures.Sentence(e);
        }
    }

    private async Task<bool> AskAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connections.Probe);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var command = new NpgsqlCommand("select 1", connection);
        await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    [LoggerMessage(1, LogLevel.Error, "The database is away; sends are refused until it is back: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(2, LogLevel.Information, "The database is back.")]
    private partial void LogBack();
}
