using Krewe.Core.Administration;

namespace Krewe.Server.Admin.Silos;

/// <summary>Looks once a second at what has been done, so that rates are of the last ten seconds for whoever asks, however often.</summary>
internal sealed class SiloGauge(SiloActivity activity, TimeProvider time) : BackgroundService
{
    private const int Window = 10;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Queue<Sample> _samples = new();

    public (double Messages, double Items, double Cpu) Rates()
    {
        var now = Look();
        Sample then;
        lock (_lock)
            if (!_samples.TryPeek(out then))
                return default;
        var seconds = Math.Max(0.001, time.GetElapsedTime(then.At, now.At).TotalSeconds);
        return ((now.Sent - then.Sent) / seconds, (now.Items - then.Items) / seconds, (now.Cpu - then.Cpu).TotalSeconds / seconds);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        Keep();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                Keep();
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private void Keep()
    {
        var sample = Look();
        lock (_lock)
        {
            _samples.Enqueue(sample);
            if (_samples.Count > Window)
                _samples.Dequeue();
        }
    }

    private Sample Look() => new(time.GetTimestamp(), activity.Sent, activity.Items, Environment.CpuUsage.TotalTime);

    private readonly record struct Sample(long At, long Sent, long Items, TimeSpan Cpu);
}
