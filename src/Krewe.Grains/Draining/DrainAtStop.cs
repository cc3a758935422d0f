using Krewe.Core.Draining;
using Microsoft.Extensions.Hosting;

namespace Krewe.Grains.Draining;

/// <summary>A process that is told to stop drains first.</summary>
internal sealed class DrainAtStop(ISiloDrain drain) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // No time at all: the host is being thrown away, and nobody is to hear of it.
        if (!cancellationToken.IsCancellationRequested) await drain.DrainAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
