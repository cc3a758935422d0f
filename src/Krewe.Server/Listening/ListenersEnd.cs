using Krewe.Core.Draining;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Options;

namespace Krewe.Server.Listening;

/// <summary>Ends the listeners and their connections before the silo stops, in a time of its own: a request whose work cannot be
/// interrupted, or a client that neither reads nor goes, must not use up what the silo needs for an orderly stop.</summary>
/// <remarks>Services are told to stop in the reverse order of their registration: this one is registered before the gateway and so comes
/// after its drain. The host stops the server once more, which does nothing then.</remarks>
internal sealed class ListenersEnd(IServiceProvider services, IHostApplicationLifetime lifetime, IOptions<DrainOptions> drain, TimeProvider time) : IHostedLifecycleService, IDisposable
{
    /// <summary>After the drain; the gateway's clients are gone by then. What is open after it is broken off, which takes Kestrel up to a second.</summary>
    private static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(0.5);

    private readonly TimeSpan _patience = drain.Value.DrainDelay + drain.Value.DrainTimeout + AfterDrain;

    private CancellationTokenSource? _over;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() => _over ??= new CancellationTokenSource(_patience, time));
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // A server that did not start stops without its lifetime saying so.
        _over ??= new CancellationTokenSource(_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_over.Token, cancellationToken);
        // Not injected: it would be made before the services that configure it.
        await services.GetRequiredService<IServer>().StopAsync(either.Token);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _over?.Dispose();
}
