using System.Diagnostics.Metrics;

namespace Krewe.Storage.Postgres;

/// <summary>What this silo measures of its database, meter <c>Krewe.Storage</c>; the names are those of the embedded store, so that one dashboard shows both.</summary>
public sealed class PostgresStorageMetrics : IDisposable
{
    public const string MeterName = "Krewe.Storage";

    private readonly Meter _meter;
    private readonly Counter<long> _commits;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _fenced;
    private readonly Counter<long> _trimmed;
    private readonly Counter<long> _damaged;
    private readonly Histogram<int> _rows;
    private readonly Histogram<double> _seconds;

    public PostgresStorageMetrics(IMeterFactory meterFactory)
    {
        ArgumentNullException.ThrowIfNull(meterFactory);
        _meter = meterFactory.Create(MeterName);
        _commits = _meter.CreateCounter<long>("krewe.storage.commits", "{commit}", "Flushed commits.");
        _failures = _meter.CreateCounter<long>("krewe.storage.commit_failures", "{commit}", "Commits that the database refused or did not answer.");
        _fenced = _meter.CreateCounter<long>("krewe.storage.fenced", "{write}", "Writes refused because another activation had written.");
        _trimmed = _meter.CreateCounter<long>("krewe.storage.trimmed_items", "{item}", "Items deleted by retention or with their mailbox's start.");
        _damaged = _meter.CreateCounter<long>("krewe.storage.damaged_rows", "{row}", "Reads that met a row whose checksum is wrong.");
        _rows = _meter.CreateHistogram("krewe.storage.commit_rows", "{row}", "Rows in one commit.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 3, 10, 30, 100, 300, 1_000, 3_000] });
        _seconds = _meter.CreateHistogram("krewe.storage.commit_duration", "s", "Time of one commit with its flush.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.000_1, 0.000_3, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3] });
        // From the start: the first trouble is then an increase, which alerts see.
        foreach (var trouble in new[] { _failures, _fenced, _damaged })
            trouble.Add(0);
    }

    public void Committed(int rows, TimeSpan duration)
    {
        _commits.Add(1);
        _rows.Record(rows);
        _seconds.Record(duration.TotalSeconds);
    }

    public void CommitFailed() => _failures.Add(1);

    public void Fenced(int writes) => _fenced.Add(writes);

    public void Trimmed(long items) => _trimmed.Add(items);

    public void RowDamaged() => _damaged.Add(1);

    /// <summary>The gauges of one open store.</summary>
    public void Observe(Func<int> queueLength, Func<bool> writable)
    {
        _meter.CreateObservableGauge("krewe.storage.queue", queueLength, "{write}", "Writes that wait for the database.");
        _meter.CreateObservableGauge("krewe.storage.writable", () => writable() ? 1 : 0, null, "1 while writes are taken, 0 while they are refused.");
    }

    public void Dispose() => _meter.Dispose();
}
