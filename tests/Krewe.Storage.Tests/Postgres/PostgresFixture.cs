using Krewe.PostgresHarness;

[assembly: AssemblyFixture(typeof(Krewe.Storage.Tests.Postgres.PostgresFixture))]

namespace Krewe.Storage.Tests.Postgres;

/// <summary>One server for all tests that do it no harm; it starts with the first of them.</summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> _server = new(() => PostgresServer.StartAsync("max_connections = 400", "wal_level = minimal", "max_wal_senders = 0"));

    public Task<PostgresServer> ServerAsync() => _server.Value;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
            await (await _server.Value).DisposeAsync();
    }
}
