using System.Diagnostics;
using HdrHistogram;

namespace Krewe.LoadTool;

/// <summary>Latencies from 1 µs to 60 s.</summary>
internal sealed class Latencies
{
    private readonly Lock _lock = new();
    private readonly LongHistogram _histogram = new(60_000_000, 3);

    /// <param name="since">A <see cref="Stopwatch"/> time stamp.</param>
    public void Record(long since)
    {
        Record(Stopwatch.GetElapsedTime(since));
    }

    public void Record(TimeSpan latency)
    {
        lock (_lock) _histogram.RecordValue(Math.Clamp((long)latency.TotalMicroseconds, 1, 60_000_000));
    }

    public void Reset()
    {
        lock (_lock) _histogram.Reset();
    }

    public string Summary()
    {
        lock (_lock)
        {
            string At(double percentile) => $"{_histogram.GetValueAtPercentile(percentile) / 1000.0:N2}";
            return $"p50 {At(50)} ms, p90 {At(90)}, p99 {At(99)}, p99.9 {At(99.9)}, max {_histogram.GetMaxValue() / 1000.0:N1}";
        }
    }
}
