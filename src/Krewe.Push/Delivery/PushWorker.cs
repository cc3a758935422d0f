using Krewe.Core.Push;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Krewe.Push.Delivery;

/// <summary>Takes rows out of the outbox when they are due and hands them to <see cref="PushDelivery"/>. One a core silo; leases keep them apart.</summary>
internal sealed partial class PushWorker(
    IPushOutbox outbox, PushDelivery delivery, Lanes lanes, PushOptions options, TimeProvider time, ILogger<PushWorker> log) : BackgroundService
{
    // Longer than any attempt with its one repetition takes.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StoreTrouble = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly SemaphoreSlim _slots = new(options.Concurrency, options.Concurrency);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        outbox.Changed += Wake;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    if (await RoundAsync(stoppingToken).ConfigureAwait(false) is { } pause) await PauseAsync(pause, stoppingToken).ConfigureAwait(false);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    RoundFailed(error);
                    await PauseAsync(StoreTrouble, stoppingToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Rows under way are claimed again after their lease.
        }
        finally
        {
            outbox.Changed -= Wake;
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _wake.Dispose();
        _slots.Dispose();
    }

    /// <summary>Claims what is due; null if there may be more at once, else how long to rest.</summary>
    private async Task<TimeSpan?> RoundAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        var free = 1;
        while (_slots.Wait(0, CancellationToken.None)) free++;
        var (open, nextOpening) = lanes.Look();
        var rows = open.Count == 0 ? [] : await ClaimAsync(open, free, cancellationToken).ConfigureAwait(false);
        if (free > rows.Length) _slots.Release(free - rows.Length);
        foreach (var row in rows) _ = RunAsync(row, cancellationToken);
        if (rows.Length > 0) return null;
        var next = open.Count == 0 ? null : await outbox.NextDueAsync(open, cancellationToken).ConfigureAwait(false);
        if (next is null || nextOpening < next) next = nextOpening;
        return next is null ? Timeout.InfiniteTimeSpan : TimeSpan.FromTicks(Math.Max(0, (next.Value - time.GetUtcNow()).Ticks));
    }

    private async Task<System.Collections.Immutable.ImmutableArray<PendingPush>> ClaimAsync(HashSet<Core.Devices.PushPlatform> open, int free, CancellationToken cancellationToken)
    {
        try
        {
            return await outbox.ClaimAsync(open, time.GetUtcNow(), free, Lease, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _slots.Release(free);
            throw;
        }
    }

    private async Task RunAsync(PendingPush row, CancellationToken cancellationToken)
    {
        try
        {
            await delivery.DeliverAsync(row, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The lease ends by itself and the row is claimed again.
            DeliveryFailed(error, row.Owner.Text, row.Device);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        finally
        {
            _slots.Release();
            Wake();
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        if (pause == TimeSpan.Zero) return;
        using var timer = pause == Timeout.InfiniteTimeSpan ? null : time.CreateTimer(_ => Wake(), null, pause, Timeout.InfiniteTimeSpan);
        await _wake.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
        catch (ObjectDisposedException)
        {
            // It has stopped.
        }
    }

    [LoggerMessage(LogLevel.Warning, "The push outbox could not be read; trying again.")]
    private partial void RoundFailed(Exception error);

    [LoggerMessage(LogLevel.Warning, "The push for device {Device} of {Owner} stays claimed until its lease ends.")]
    private partial void DeliveryFailed(Exception error, string owner, string device);
}
