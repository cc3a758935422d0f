using Microsoft.Extensions.DependencyInjection;

namespace Krewe.Push.Delivery;

/// <summary>Starts the worker once the silo's grains can be called, and stops it before they go.</summary>
/// <remarks>Nothing of push is made before: it needs the store, which opens while the host starts and may refuse.</remarks>
internal sealed class PushLifetime(IServiceProvider services) : ILifecycleParticipant<ISiloLifecycle>
{
    private PushWorker? _worker;

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(PushLifetime), ServiceLifecycleStage.Active + 1, StartAsync, StopAsync);

    private Task StartAsync(CancellationToken cancellationToken)
    {
        _worker = services.GetRequiredService<PushWorker>();
        _worker.Start();
        return Task.CompletedTask;
    }

    private Task StopAsync(CancellationToken cancellationToken) => _worker?.StopAsync(cancellationToken) ?? Task.CompletedTask;
}
