using Krewe.Core.Draining;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Krewe.Grains.Draining;

/// <inheritdoc cref="ISiloDrain"/>
internal sealed partial class SiloDrain(IServiceProvider services, DrainNews news, IOptions<DrainOptions> options, TimeProvider time, ILogger<SiloDrain> log)
    : ISiloDrain, IDisposable
{
    private static readonly TimeSpan TellingOthers = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _gone = new();
    private Task? _draining;
    private DateTimeOffset? _since;
    private volatile DrainStage _stage;

    // The parts reach back to this class: they are asked for when they are needed.
    private IEnumerable<IDrainStep> Steps => services.GetServices<IDrainStep>();

    public DrainStage Stage => _stage;

    public DrainStatus Status
    {
        get
        {
            lock (_lock)
            {
                return new()
                {
                    Stage = _stage,
                    Since = _since,
                    Deadline = _since + options.Value.DrainDelay + options.Value.DrainTimeout,
                    Sessions = Left(DrainedKind.Sessions),
                    Users = Left(DrainedKind.Users),
                };
            }
        }
    }

    public Task DrainAsync()
    {
        lock (_lock)
        {
            if (_draining is { } draining) return draining;
            (_stage, _since) = (DrainStage.Draining, time.GetUtcNow());
            return _draining = Task.Run(RunAsync);
        }
    }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    private int Left(DrainedKind kind) => Steps.Where(step => step.Kind == kind).Sum(step => step.Left);

    private async Task RunAsync()
    {
        LogBegun(Left(DrainedKind.Sessions), Left(DrainedKind.Users));
        var gone = _gone.Token;
        var begun = time.GetTimestamp();
        if (options.Value.DrainDelay > TimeSpan.Zero)
            await Task.Delay(options.Value.DrainDelay, time, gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var deadline = new CancellationTokenSource(options.Value.DrainTimeout, time);
        // First: what moves away must not be placed here again.
        await news.SpreadAsync().WaitAsync(TellingOthers, time, gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(Steps.Select(step => EndAsync(step, deadline.Token)));
        _stage = DrainStage.Drained;
        LogDrained(time.GetElapsedTime(begun).TotalSeconds, Left(DrainedKind.Sessions), Left(DrainedKind.Users));
        _ = SweepAsync(gone);
    }

    /// <summary>What a silo that had not heard of it placed here goes on, too.</summary>
    private async Task SweepAsync(CancellationToken gone)
    {
        while (!gone.IsCancellationRequested)
        {
            await Task.Delay(SweepEvery, time, gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            using var deadline = new CancellationTokenSource(options.Value.DrainTimeout, time);
            foreach (var step in Steps.Where(static step => step.Left > 0)) await EndAsync(step, deadline.Token);
        }
    }

    private async Task EndAsync(IDrainStep step, CancellationToken deadline)
    {
        try
        {
            await step.DrainAsync(deadline);
        }
        catch (Exception error)
        {
            // The other parts still have to go, and the silo as well.
            LogFailed(error, step.Kind);
        }
    }

    [LoggerMessage(LogLevel.Information, "The silo drains: {Sessions} sessions, {Users} users.")]
    private partial void LogBegun(int sessions, int users);

    [LoggerMessage(LogLevel.Information, "The silo is drained after {Seconds:0.0} s; {Sessions} sessions and {Users} users are left.")]
    private partial void LogDrained(double seconds, int sessions, int users);

    [LoggerMessage(LogLevel.Error, "The drain of {Kind} failed.")]
    private partial void LogFailed(Exception exception, DrainedKind kind);
}
