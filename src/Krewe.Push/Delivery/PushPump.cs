using System.Collections.Immutable;
using Krewe.Core.Devices;
using Krewe.Core.Push;
using Microsoft.Extensions.Logging;

namespace Krewe.Push.Delivery;

/// <summary>Moves the rows of one push service, or of those that are not configured, from the outbox to <see cref="PushDelivery"/>, as many at a time as its lane lets through.</summary>
internal sealed partial class PushPump(
    IReadOnlySet<PushPlatform> platforms, Lane? lane, IPushOutbox outbox, PushDelivery delivery, int concurrency, TimeProvider time, ILogger<PushPump> log) : IDisposable
{
    // Longer than any attempt with its one repetition takes.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StoreTrouble = TimeSpan.FromSeconds(1);
    // Nobody waits for a row that cannot be sent.
    private static readonly TimeSpan Leisure = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly SemaphoreSlim _slots = new(concurrency, concurrency);
    private volatile bool _enough;

    public async Task RunAsync(CancellationToken stopping)
    {
        if (lane is not null) outbox.Changed += Wake;
        try
        {
            while (!_enough) await PauseAsync(await RoundOrTroubleAsync(stopping).ConfigureAwait(false), stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Rows under way are claimed again after their lease, or by the next start.
        }
        finally
        {
            outbox.Changed -= Wake;
        }
    }

    public void TakeNoMore()
    {
        _enough = true;
        Wake();
    }

    /// <summary>Completes when nothing is under way.</summary>
    public async Task DrainedAsync()
    {
        for (var slot = 0; slot < concurrency; slot++) await _slots.WaitAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        _wake.Dispose();
        _slots.Dispose();
    }

    private async Task<TimeSpan> RoundOrTroubleAsync(CancellationToken stopping)
    {
        try
        {
            return await RoundAsync(stopping).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            RoundFailed(error, string.Join(", ", platforms));
            return StoreTrouble;
        }
    }

    /// <summary>Starts what is due and may go.</summary>
    /// <returns>How long to rest.</returns>
    private async Task<TimeSpan> RoundAsync(CancellationToken stopping)
    {
        await _slots.WaitAsync(stopping).ConfigureAwait(false);
        var free = 1;
        while (free < concurrency && _slots.Wait(0, CancellationToken.None)) free++;
        var granted = 0;
        ImmutableArray<PendingPush> rows = [];
        DateTimeOffset retryAt = default;
        try
        {
            granted = _enough ? 0 : lane?.Enter(free, out retryAt) ?? free;
            if (granted > 0) rows = await outbox.ClaimAsync(platforms, time.GetUtcNow(), granted, Lease, stopping).ConfigureAwait(false);
        }
        finally
        {
            lane?.Return(granted - rows.Length);
            if (free > rows.Length) _slots.Release(free - rows.Length);
        }
        foreach (var row in rows) _ = DeliverAsync(row, stopping);
        if (rows.Length > 0 || _enough) return TimeSpan.Zero;
        if (granted == 0) return Until(retryAt);
        if (lane is null) return Leisure;
        return await outbox.NextDueAsync(platforms, stopping).ConfigureAwait(false) is { } next ? Until(next) : Timeout.InfiniteTimeSpan;
    }

    private async Task DeliverAsync(PendingPush row, CancellationToken stopping)
    {
        var wasOpen = IsOpen;
        try
        {
            using var permit = lane is null ? null : new LanePermit(row.Platform, lane);
            await delivery.DeliverAsync(row, permit, stopping).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException || !stopping.IsCancellationRequested)
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
            Raise(_slots);
            // The attempt may have opened the lane, or its end lets the next one try.
            if (!wasOpen || !IsOpen) Wake();
        }
    }

    private bool IsOpen => lane is null || lane.Condition.State == LaneState.Open;

    // In whole milliseconds, as timers are: a fraction would be cut off, and the rest of it spent in going round.
    private TimeSpan Until(DateTimeOffset then) => then - time.GetUtcNow() is var wait && wait > TimeSpan.Zero ? TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)) : TimeSpan.Zero;

    private async Task PauseAsync(TimeSpan pause, CancellationToken stopping)
    {
        if (pause == TimeSpan.Zero) return;
        using var timer = pause == Timeout.InfiniteTimeSpan ? null : time.CreateTimer(_ => Wake(), null, pause < MaxPause ? pause : MaxPause, Timeout.InfiniteTimeSpan);
        await _wake.WaitAsync(stopping).ConfigureAwait(false);
    }

    // What a timer takes at most is 49 days; a wrong clock must not make it less sound.
    private static readonly TimeSpan MaxPause = TimeSpan.FromDays(1);

    private void Wake() => Raise(_wake);

    private static void Raise(SemaphoreSlim semaphore)
    {
        try
        {
            semaphore.Release();
        }
        catch (Exception error) when (error is SemaphoreFullException or ObjectDisposedException)
        {
            // It is awake already, or has stopped.
        }
    }

    [LoggerMessage(LogLevel.Warning, "The push outbox could not be read for {Platform}; trying again.")]
    private partial void RoundFailed(Exception error, string platform);

    [LoggerMessage(LogLevel.Warning, "The push for device {Device} of {Owner} stays claimed until its lease ends.")]
    private partial void DeliveryFailed(Exception error, string owner, string device);
}
