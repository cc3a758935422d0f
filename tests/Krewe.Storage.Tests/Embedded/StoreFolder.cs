using System.Diagnostics.Metrics;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Embedded;
using Krewe.Storage.Embedded.Database;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Storage.Tests.Embedded;

/// <summary>A data path of one test, and what a store on it says.</summary>
internal sealed class StoreFolder : IAsyncDisposable
{
    private readonly List<EmbeddedStore> _stores = [];

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "krewe-storage-tests", Guid.NewGuid().ToString("N"));

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    public RecordedLog Log { get; } = new();

    /// <summary>What the disk seems to have free.</summary>
    public long FreeBytes { get; set; } = long.MaxValue;

    public string Database => System.IO.Path.Combine(Path, "db");

    public EmbeddedStore Open(Action<EmbeddedStorageOptions>? configure = null)
    {
        var options = new EmbeddedStorageOptions { Path = Path };
        configure?.Invoke(options);
        var metrics = new EmbeddedStorageMetrics(new Meters());
        var space = new FreeSpace((long)options.MinFreeMegabytes << 20, () => FreeBytes);
        var store = EmbeddedStore.Open(options, metrics, new LoggerFactory([Log]), Time, space);
        _stores.Add(store);
        return store;
    }

    public StoreStartException Refused(Action<EmbeddedStorageOptions>? configure = null) => Assert.Throws<StoreStartException>(() => Open(configure));

    public long Bytes() => new DirectoryInfo(Path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    internal sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}

/// <summary>Keeps what was logged.</summary>
internal sealed class RecordedLog : ILoggerProvider, ILogger
{
    private readonly Lock _lock = new();
    private readonly List<(LogLevel Level, string Text)> _lines = [];

    private readonly List<(string Beginning, TaskCompletionSource Seen)> _awaited = [];

    public string[] Errors
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines.Where(line => line.Level >= LogLevel.Error).Select(line => line.Text)];
            }
        }
    }

    /// <summary>Completes when a line that begins so was logged, before or after the call.</summary>
    public async Task Line(string beginning)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_lines.Any(line => line.Text.StartsWith(beginning, StringComparison.Ordinal)))
            {
                return;
            }
            _awaited.Add((beginning, seen));
        }
        await seen.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lock)
        {
            var text = formatter(state, exception);
            _lines.Add((logLevel, text));
            foreach (var (_, seen) in _awaited.Where(awaited => text.StartsWith(awaited.Beginning, StringComparison.Ordinal)))
            {
                seen.TrySetResult();
            }
        }
    }

    public void Dispose()
    {
    }
}
