using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.TestKit;

/// <summary>
/// The clock of the cluster's grains and gateways: send times, tokens, time-outs, retention. It runs with the real time and can be put forward; or it
/// stands still but for that. Orleans' own timers and the gateway streams' are not on it: a jump makes no silo look dead.
/// </summary>
public sealed class TestClock : TimeProvider
{
    // Fine enough for the shortest pause in the product, 50 ms, and no load.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan RealPause = TimeSpan.FromMilliseconds(250);

    private readonly FakeTimeProvider _time = new(System.GetUtcNow());
    private readonly Task _running;
    private volatile bool _stopped;

    internal TestClock(bool runs) => _running = runs ? Task.Run(RunAsync) : Task.CompletedTask;

    /// <summary>Puts the clock forward. Whatever becomes due meanwhile happens before this returns, or is on its way then.</summary>
    public void Advance(TimeSpan time) => _time.Advance(time);

    /// <summary>Puts the clock forward step by step until something has happened: for what takes several waits of the server, one after the other.</summary>
    /// <param name="happening">What is awaited; it has a patience of its own.</param>
    /// <param name="step">How far the clock goes each time, four times a second of real time. Keep it small against the server's patience with others, or it
    /// takes for dead what is only slower than the clock.</param>
    public async Task AdvanceUntilAsync(Task happening, TimeSpan step)
    {
        ArgumentNullException.ThrowIfNull(happening);
        using var pause = new PeriodicTimer(RealPause);
        while (!happening.IsCompleted)
        {
            Advance(step);
            // The server needs real time to act on it.
            await Task.WhenAny(happening, pause.WaitForNextTickAsync().AsTask()).ConfigureAwait(false);
        }
        await happening.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow();

    /// <inheritdoc/>
    public override long GetTimestamp() => _time.GetTimestamp();

    /// <inheritdoc/>
    public override long TimestampFrequency => _time.TimestampFrequency;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => _time.LocalTimeZone;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _time.CreateTimer(callback, state, dueTime, period);

    // Not by Dispose: every silo's services would call it at their end.
    internal async Task StopAsync()
    {
        _stopped = true;
        await _running;
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Step);
        var last = Stopwatch.GetTimestamp();
        while (!_stopped && await timer.WaitForNextTickAsync())
        {
            var now = Stopwatch.GetTimestamp();
            _time.Advance(Stopwatch.GetElapsedTime(last, now));
            last = now;
        }
    }
}
