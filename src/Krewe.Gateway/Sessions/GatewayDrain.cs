using Krewe.Core.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Krewe.Gateway.Sessions;

/// <summary>The gateway's end, before anything else stops: no new sessions, every client is told when to come back and gets what waits for it.</summary>
internal sealed partial class GatewayDrain(SessionRegistry registry, TimeProvider time, ILogger<GatewayDrain> log) : IHostedLifecycleService
{
    // Each session ends within three seconds by itself; what is left of the promised 10 s belongs to the silo.
    private static readonly TimeSpan Deadline = SessionParts.EndTimeout + TimeSpan.FromSeconds(1);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var sessions = registry.Drain();
        LogDraining(sessions.Count);
        var ends = Task.WhenAll(sessions.Select(session => session.CloseAsync(CloseReason.Drain)));
        await ends.WaitAsync(Deadline, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ends.IsCompletedSuccessfully) LogCutOff(registry.Count);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "The gateway takes no more sessions and ends the {Count} that it has.")]
    private partial void LogDraining(int count);

    [LoggerMessage(LogLevel.Warning, "Not all sessions ended in time; {Count} are cut off.")]
    private partial void LogCutOff(int count);
}
