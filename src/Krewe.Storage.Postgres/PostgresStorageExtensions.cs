using Krewe.Core;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Krewe.Storage.Postgres.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Krewe.Storage.Postgres;

/// <summary>Puts the store on PostgreSQL into a host.</summary>
public static class PostgresStorageExtensions
{
    /// <summary>Registers <see cref="IMailboxStore"/>, <see cref="IPushOutbox"/>, the grain storage <see cref="KreweDefaults.GrainStorage"/>, the cluster's secret and
    /// <see cref="IStoreHealth"/> on a database, which is opened and migrated before any other part of the host starts and closed after all of them have stopped.</summary>
    /// <param name="runsUsers">False on a silo that runs no users: it gets the secret, and writes nothing.</param>
    public static IServiceCollection AddKrewePostgresStorage(
        this IServiceCollection services, Action<PostgresStorageOptions>? configure = null, bool runsUsers = true)
    {
        var options = services.AddOptions<PostgresStorageOptions>();
        if (configure is not null)
            options.Configure(configure);
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<PostgresStorageMetrics>();
        services.AddSingleton(provider => new PostgresStore(
            provider.GetRequiredService<IOptions<PostgresStorageOptions>>().Value,
            provider.GetRequiredService<PostgresStorageMetrics>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<TimeProvider>(),
            runsUsers));
        services.AddSingleton<IHostedService, StoreLifetime>();
        services.AddSingleton(static provider => provider.GetRequiredService<PostgresStore>().Users);
        services.AddSingleton(static provider => provider.GetRequiredService<PostgresStore>().Secret);
        services.AddSingleton<IStoreHealth>(static provider => provider.GetRequiredService<PostgresStore>());
        if (!runsUsers)
            return services;
        services.AddSingleton(static provider => provider.GetRequiredService<PostgresStore>().Mailboxes);
        services.AddSingleton(static provider => provider.GetRequiredService<PostgresStore>().Pushes);
        // Orleans' own binary form: it grows by [Id], and needs no public setters.
        services.AddKeyedSingleton<IGrainStorage>(KreweDefaults.GrainStorage, static (provider, _) => new PostgresGrainStorage(
            provider.GetRequiredService<PostgresStore>(),
            new OrleansGrainStorageSerializer(provider.GetRequiredService<Serializer>()),
            provider.GetRequiredService<IActivatorProvider>()));
        return services;
    }

    /// <summary>Opens the store before the silo starts and closes it after the silo has stopped, in whatever order they were registered.</summary>
    private sealed class StoreLifetime(IServiceProvider services) : IHostedLifecycleService
    {
        private PostgresStore? _store;

        public Task StartingAsync(CancellationToken cancellationToken)
        {
            _store = services.GetRequiredService<PostgresStore>();
            return _store.OpenAsync(cancellationToken);
        }

        public async Task StoppedAsync(CancellationToken cancellationToken)
        {
            if (_store is { } store)
                await store.DisposeAsync().ConfigureAwait(false);
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
