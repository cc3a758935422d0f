using Krewe.Streams.Inboxes;
using Krewe.Streams.Outboxes;
using Krewe.Streams.Provider;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Krewe.Streams;

/// <summary>What the gateway streams do beside traffic: heartbeats, parting with dead silos, and a last flush at the end.</summary>
internal sealed partial class GatewayStreamLifecycle(
    IClusterMembershipService membership, OutboxMap outboxes, GatewayPublisher publisher, InboundQueue inbound,
    IOptions<GatewayStreamOptions> options, IServiceProvider services, ILogger<GatewayStreamLifecycle> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _beating = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;

    // Grains publish until they are deactivated, which happens above this stage; messages still cross the network at this one.
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(GatewayStreamLifecycle), ServiceLifecycleStage.ApplicationServices, StartAsync, StopAsync);

    public void Dispose() => _stop.Dispose();

    private Task StartAsync(CancellationToken cancellationToken)
    {
        _beating = Task.Run(BeatAsync, CancellationToken.None);
        _watching = Task.Run(WatchAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_beating, _watching);
        await outboxes.DrainAsync(cancellationToken);
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(options.Value.Heartbeat, services.StreamTime());
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                try
                {
                    outboxes.Beat();
                }
                catch (Exception e)
                {
                    // The next beat is due soon enough.
                    LogBeatFailed(e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task WatchAsync()
    {
        var dead = new HashSet<SiloAddress>();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(_stop.Token))
                {
                    foreach (var member in snapshot.Members.Values)
                    {
                        if (member.Status == SiloStatus.Dead && dead.Add(member.SiloAddress)) SiloDied(member.SiloAddress);
                    }
                    dead.IntersectWith(snapshot.Members.Keys);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The silo stops.
            }
            catch (Exception e)
            {
                LogWatchFailed(e);
                await Task.Delay(options.Value.MaxRetryDelay, services.StreamTime(), _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void SiloDied(SiloAddress silo)
    {
        LogSiloDied(silo);
        publisher.Forget(silo);
        outboxes.Drop(silo);
        if (services.HasGateway()) inbound.CoreDied(silo);
    }

    [LoggerMessage(LogLevel.Information, "Silo {Silo} is dead: its outbox is dropped, and what it sent last may be missing.")]
    private partial void LogSiloDied(SiloAddress silo);

    [LoggerMessage(LogLevel.Error, "The heartbeats to the gateways failed; they are tried again at the next beat.")]
    private partial void LogBeatFailed(Exception exception);

    [LoggerMessage(LogLevel.Error, "The watch over the cluster's membership failed and begins again.")]
    private partial void LogWatchFailed(Exception exception);
}
