using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Krewe.Server.Listening;

/// <summary>Ends what is still open some seconds after the stop began: a client that does not read must not hold up the silo's and the store's own stop.</summary>
internal sealed class OpenConnections(IHostApplicationLifetime lifetime, TimeProvider time) : IHostedService, IDisposable
{
    /// <summary>Clients were told to go by then; the rest of the stop needs what remains of 10 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<ConnectionContext, object?> _open = new();
    private ITimer? _deadline;

    public Closing Track(ConnectionContext connection)
    {
        _open[connection] = null;
        return new Closing(this, connection);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() => _deadline = time.CreateTimer(_ => AbortAll(), null, Patience, Timeout.InfiniteTimeSpan));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _deadline?.Dispose();

    private void AbortAll()
    {
        foreach (var connection in _open.Keys)
            connection.Abort(new ConnectionAbortedException("The server stops."));
    }

    public readonly struct Closing(OpenConnections owner, ConnectionContext connection) : IDisposable
    {
        public void Dispose() => owner._open.TryRemove(connection, out _);
    }
}
