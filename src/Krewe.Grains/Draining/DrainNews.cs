using Krewe.Core.Silos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Krewe.Grains.Draining;

/// <summary>Spreads the word that this silo drains, also to silos that join later.</summary>
internal sealed partial class DrainNews(
    DrainBoard board, ClusterRoles roles, IClusterMembershipService membership, ILocalSiloDetails self, IServiceProvider services, TimeProvider time, ILogger<DrainNews> log)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<SiloAddress> _told = [];
    private bool _disposed;

    /// <summary>Other active silos that run users and do not drain, as far as is known here.</summary>
    public bool IsAnyoneServing => Others().Any(silo => !board.IsDraining(silo) && roles.Of(silo)?.HasFlag(SiloRoles.Core) is true);

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(DrainNews), ServiceLifecycleStage.BecomeActive, Start, StopAsync);

    /// <summary>Completes when all silos that are there now have been told, or cannot be.</summary>
    public async Task SpreadAsync()
    {
        board.Note(self.SiloAddress);
        await TellAsync();
        _ = FollowAsync(TellAsync, _stop.Token);
    }

    public void Dispose()
    {
        // The container has it under several names, and disposes of it once for each.
        if (_disposed) return;
        _disposed = true;
        // A silo that did not start is thrown away without being stopped.
        _stop.Cancel();
        _stop.Dispose();
    }

    private Task Start(CancellationToken cancellationToken)
    {
        // Off the start-up path and out of its execution context: it lives as long as the silo.
        var stopped = _stop.Token;
        using (ExecutionContext.SuppressFlow()) _ = Task.Run(() => FollowAsync(Forget, stopped), CancellationToken.None);
        return Task.CompletedTask;
    }

    private Task StopAsync(CancellationToken cancellationToken) => _disposed ? Task.CompletedTask : _stop.CancelAsync();

    private async Task FollowAsync(Func<Task> act, CancellationToken stopped)
    {
        while (!stopped.IsCancellationRequested)
        {
            try
            {
                await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stopped)) await act();
            }
            catch (Exception) when (stopped.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogFailed(error);
                await Task.Delay(Again, time, CancellationToken.None);
            }
        }
    }

    private Task Forget()
    {
        if (!board.IsEmpty) board.Keep(membership.CurrentSnapshot.Members.Values.Where(static member => member.Status != SiloStatus.Dead).Select(static member => member.SiloAddress));
        return Task.CompletedTask;
    }

    private async Task TellAsync() => await Task.WhenAll(Others().Select(TellAsync));

    private async Task TellAsync(SiloAddress silo)
    {
        lock (_told)
        {
            if (!_told.Add(silo)) return;
        }
        try
        {
            await services.GetRequiredService<DrainServiceClient>().On(silo).NoteAsync(self.SiloAddress);
        }
        catch (Exception error)
        {
            lock (_told) _told.Remove(silo);
            LogNotTold(error, silo);
        }
    }

    private List<SiloAddress> Others() => [.. membership.CurrentSnapshot.Members.Values
        .Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Equals(self.SiloAddress)).Select(static member => member.SiloAddress)];

    [LoggerMessage(LogLevel.Warning, "Silo {Silo} could not be told that this one drains; it may still place users here, who are moved on.")]
    private partial void LogNotTold(Exception exception, SiloAddress silo);

    [LoggerMessage(LogLevel.Error, "The watch over the cluster's membership failed and begins again.")]
    private partial void LogFailed(Exception exception);
}
