using Krewe.Core.Mailboxes;
using Krewe.PostgresHarness;
using Krewe.Storage.Postgres;
using Krewe.Storage.Tests.Embedded;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Storage.Tests.Postgres;

/// <summary>A database of one test, and what stores on it say.</summary>
internal sealed class StoreDatabase(string connectionString) : IAsyncDisposable
{
    private readonly List<PostgresStore> _stores = [];

    public string ConnectionString => connectionString;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    public RecordedLog Log { get; } = new();

    public static async Task<StoreDatabase> CreateAsync(PostgresServer server) => new(await server.CreateDatabaseAsync());

    /// <summary>Opens a store as a silo does.</summary>
    public async Task<PostgresStore> OpenAsync(Action<PostgresStorageOptions>? configure = null)
    {
        var options = new PostgresStorageOptions { ConnectionString = ConnectionString };
        configure?.Invoke(options);
        var store = new PostgresStore(options, new PostgresStorageMetrics(new StoreFolder.Meters()), new LoggerFactory([Log]), Time);
        _stores.Add(store);
        await store.OpenAsync();
        return store;
    }

    public async Task<string> RefusedAsync(Action<PostgresStorageOptions>? configure = null)
    {
        var message = (await Assert.ThrowsAsync<StoreStartException>(() => OpenAsync(configure))).Message;
        Assert.DoesNotContain("Capulet", message, StringComparison.Ordinal);
        return message;
    }

    public Task ExecuteAsync(string sql) => PostgresServer.ExecuteOnAsync(ConnectionString, sql);

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
    }
}
