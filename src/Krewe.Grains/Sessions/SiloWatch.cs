using System.Collections.Concurrent;
using Krewe.Core.Addresses;
using Krewe.Core.Users;
using Microsoft.Extensions.Logging;

namespace Krewe.Grains.Sessions;

/// <summary>Tells this silo's user grains when a silo that they depend on is dead: one that holds their sessions, or the grain of a contact whose
/// presence they know. A restarted silo has a new generation in its address, and the old one is dead with it.</summary>
internal sealed partial class SiloWatch(IClusterMembershipService membership, IGrainFactory grains, TimeProvider time, ILogger<SiloWatch> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    /// <summary>Grains that are told at the same time.</summary>
    private const int Parallelism = 64;
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SiloAddress, ConcurrentDictionary<Jid, byte>> _dependents = new();
    private readonly CancellationTokenSource _stopping = new();

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(SiloWatch), ServiceLifecycleStage.BecomeActive, StartAsync, StopAsync);

    /// <summary>From now on <see cref="ISessionGrain.GatewayLostAsync"/> is called for the user when the silo dies, at once if it is dead already.</summary>
    public void Watch(SiloAddress silo, Jid user)
    {
        _dependents.GetOrAdd(silo, _ => new()).TryAdd(user, 0);
        // Not left to the loop, which may have looked at this silo for the last time.
        if (IsDead(silo)) _ = TellAsync(silo, user);
    }

    public void Unwatch(SiloAddress silo, Jid user)
    {
        if (_dependents.TryGetValue(silo, out var users)) users.TryRemove(user, out _);
    }

    public bool IsDead(SiloAddress silo) => membership.CurrentSnapshot.GetSiloStatus(silo) == SiloStatus.Dead;

    public void Dispose() => _stopping.Dispose();

    private Task StartAsync(CancellationToken cancellationToken)
    {
        // Off the start-up path and out of its execution context: it lives as long as the silo.
        using (ExecutionContext.SuppressFlow()) _ = Task.Run(WatchAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken) => await _stopping.CancelAsync();

    private async Task WatchAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(_stopping.Token))
                    foreach (var silo in _dependents.Keys)
                        if (snapshot.GetSiloStatus(silo) == SiloStatus.Dead && _dependents.TryRemove(silo, out var users)) _ = TellAsync(silo, [.. users.Keys]);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                LogWatchFailed(exception);
                await Task.Delay(RestartDelay, time, CancellationToken.None);
            }
        }
    }

    private async Task TellAsync(SiloAddress silo, params Jid[] users)
    {
        if (users.Length == 0) return;
        LogSiloDead(silo, users.Length);
        await Parallel.ForEachAsync(users, new ParallelOptions { MaxDegreeOfParallelism = Parallelism }, async (user, _) =>
        {
            try
            {
                await grains.GetGrain<ISessionGrain>(user.Text).GatewayLostAsync(silo);
            }
            catch (Exception exception)
            {
                // A grain that went away meanwhile has forgotten its sessions with everything else.
                LogNotTold(exception, user, silo);
            }
        });
    }

    [LoggerMessage(LogLevel.Information, "Silo {Silo} is dead; {Users} users of this silo had sessions or contacts there.")]
    private partial void LogSiloDead(SiloAddress silo, int users);

    [LoggerMessage(LogLevel.Warning, "User {User} could not be told that silo {Silo} is dead.")]
    private partial void LogNotTold(Exception exception, Jid user, SiloAddress silo);

    [LoggerMessage(LogLevel.Error, "The watch over the cluster's membership failed and begins again.")]
    private partial void LogWatchFailed(Exception exception);
}
