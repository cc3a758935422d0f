using Krewe.Core.Connections;
using Krewe.Core.Draining;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway.Sessions;

/// <summary>The gateway's end, before anything else stops: no new sessions, every client is told when to come back and gets what waits for it.</summary>
internal sealed partial class GatewayDrain(SessionRegistry registry, IOptions<DrainOptions> options, TimeProvider time, ILogger<GatewayDrain> log)
    : IDrainStep, IHostedLifecycleService
{
    public DrainedKind Kind => DrainedKind.Sessions;

    public int Left => registry.Count;

    public async Task DrainAsync(CancellationToken deadline)
    {
        var sessions = registry.Drain();
        if (sessions.Count == 0) return;
        LogDraining(sessions.Count);
        // Each session ends by itself a second before the deadline.
        var ends = Task.WhenAll(sessions.Select(session => session.CloseAsync(CloseReason.Drain)));
        await ends.WaitAsync(deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ends.IsCompletedSuccessfully) LogCutOff(sessions.Count(session => !session.CloseAsync(CloseReason.Drain).IsCompleted));
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>For a host that stops without a drain of the whole silo; after one there is nothing left to do.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Value.DrainTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        await DrainAsync(either.Token);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "The gateway takes no more sessions and ends the {Count} that it has.")]
    private partial void LogDraining(int count);

    [LoggerMessage(LogLevel.Warning, "Not all sessions ended in time; {Count} are cut off.")]
    private partial void LogCutOff(int count);
}
