using Krewe.Core;
using Krewe.Core.Accounts;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Krewe.Storage.Embedded.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Krewe.Storage.Embedded;

/// <summary>Puts the embedded store into a host.</summary>
public static class EmbeddedStorageExtensions
{
    /// <summary>Registers <see cref="IMailboxStore"/>, <see cref="IPushOutbox"/>, the grain storage <see cref="KreweDefaults.GrainStorage"/> and <see cref="IClusterSecret"/>
    /// on a data path, which is opened before any other part of the host starts and closed after all of them have stopped.</summary>
    public static IServiceCollection AddKreweEmbeddedStorage(this IServiceCollection services, Action<EmbeddedStorageOptions>? configure = null)
    {
        var options = services.AddOptions<EmbeddedStorageOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<EmbeddedStorageMetrics>();
        services.AddSingleton(static provider => EmbeddedStore.Open(
            provider.GetRequiredService<IOptions<EmbeddedStorageOptions>>().Value,
            provider.GetRequiredService<EmbeddedStorageMetrics>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IHostedService, StoreLifetime>();
        return services.AddViews();
    }

    /// <summary>The same over a store that the caller has opened, shares between hosts of one process, and closes.</summary>
    public static IServiceCollection AddKreweEmbeddedStorage(this IServiceCollection services, EmbeddedStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return services.AddSingleton(store).AddViews();
    }

    private static IServiceCollection AddViews(this IServiceCollection services)
    {
        services.AddSingleton(static provider => provider.GetRequiredService<EmbeddedStore>().Mailboxes);
        services.AddSingleton(static provider => provider.GetRequiredService<EmbeddedStore>().Pushes);
        services.AddSingleton(static provider => provider.GetRequiredService<EmbeddedStore>().Users);
        services.AddSingleton(static provider => provider.GetRequiredService<EmbeddedStore>().Secret);
        services.AddSingleton<IStoreHealth>(static provider => provider.GetRequiredService<EmbeddedStore>());
        // Orleans' own binary form: it grows by [Id], and needs no public setters.
        services.AddKeyedSingleton<IGrainStorage>(KreweDefaults.GrainStorage, static (provider, _) => new EmbeddedGrainStorage(
            provider.GetRequiredService<EmbeddedStore>(),
            new OrleansGrainStorageSerializer(provider.GetRequiredService<Serializer>()),
            provider.GetRequiredService<IActivatorProvider>()));
        return services;
    }

    /// <summary>Opens the store before the silo starts and closes it after the silo has stopped, in whatever order they were registered.</summary>
    private sealed class StoreLifetime(IServiceProvider services) : IHostedLifecycleService
    {
        private EmbeddedStore? _store;

        public Task StartingAsync(CancellationToken cancellationToken)
        {
            _store = services.GetRequiredService<EmbeddedStore>();
            return Task.CompletedTask;
        }

        public async Task StoppedAsync(CancellationToken cancellationToken)
        {
            if (_store is { } store)
            {
                await store.DisposeAsync().ConfigureAwait(false);
            }
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
