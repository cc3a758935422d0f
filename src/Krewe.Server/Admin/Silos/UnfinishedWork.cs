using Krewe.Core.Administration;
using Krewe.Core.Users;

namespace Krewe.Server.Admin.Silos;

/// <summary>Wakes what a killed silo has left half done: deletions and a broadcast. At start, and every minute for what others leave.</summary>
internal sealed partial class UnfinishedWork(IGrainFactory grains, UserGrains users, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<UnfinishedWork> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var word = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            while (true)
            {
                await LookAsync();
                // Not all silos in the same second.
                await Task.Delay(Every * (0.75 + 0.5 * Random.Shared.NextDouble()), time, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async Task LookAsync()
    {
        try
        {
            await grains.GetGrain<IBroadcastGrain>(0).ResumeAsync();
            var list = grains.GetGrain<IDeletionListGrain>(0);
            foreach (var user in await list.ListAsync())
                if ((await users.Get<IUserAdminGrain>(user).ResumeRemovalAsync()).Value)
                    await list.EndAsync(user);
        }
        catch (Exception error)
        {
            // The store or a silo is away; in a minute it is tried again.
            LogPutOff(error);
        }
    }

    [LoggerMessage(LogLevel.Debug, "What was left unfinished cannot be looked at now.")]
    private partial void LogPutOff(Exception error);
}
