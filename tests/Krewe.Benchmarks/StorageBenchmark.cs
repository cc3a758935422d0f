using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Embedded;
using Krewe.Storage.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace Krewe.Benchmarks;

/// <summary>Rows a second and CPU a row of a mailbox store, at a given number of writers that each wait for their ack.</summary>
internal static class StorageBenchmark
{
    private static readonly Jid Peer = Jid.FromCanonical("romeo@montague.example");

    public static async Task RunAsync(string path, TimeSpan duration)
    {
        var folder = Path.Combine(path, Guid.NewGuid().ToString("N"));
        Print($"Embedded store under {folder}, {Environment.ProcessorCount} processors, {duration.TotalSeconds} s a row; body of 60 characters");
        using var meters = new Meters();
        using var metrics = new EmbeddedStorageMetrics(meters);
        try
        {
            await using var store = EmbeddedStore.Open(new EmbeddedStorageOptions { Path = folder }, metrics, NullLoggerFactory.Instance, TimeProvider.System);
            await MeasureAsync(store.Mailboxes, duration, finds: 200_000);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static async Task RunPostgresAsync(string connectionString, int? writers, TimeSpan duration)
    {
        using var meters = new Meters();
        using var metrics = new PostgresStorageMetrics(meters);
        var options = new PostgresStorageOptions { ConnectionString = connectionString };
        options.Writers = writers ?? options.Writers;
        await using var store = new PostgresStore(options, metrics, NullLoggerFactory.Instance, TimeProvider.System);
        await store.OpenAsync();
        Print($"PostgreSQL at {store.Place} by {options.Writers} writers, {Environment.ProcessorCount} processors, {duration.TotalSeconds} s a row; the CPU is this process's");
        await MeasureAsync(store.Mailboxes, duration, finds: 5_000);
    }

    private static async Task MeasureAsync(IMailboxStore store, TimeSpan duration, int finds)
    {
        Print($"{"writers",8} {"rows/s",9} {"CPU µs/row",11} {"p50 ms",7} {"p99 ms",7}");
        foreach (var writers in (int[])[1, 10, 100, 1_000])
        {
            await MeasureAppends(store, writers, duration);
        }
        await MeasureFinds(store, finds);
    }

    private static async Task MeasureAppends(IMailboxStore store, int writers, TimeSpan duration)
    {
        var latencies = new List<double>[writers];
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(i => Task.Run(async () =>
        {
            var owner = Jid.FromCanonical($"user{i}@w{writers}.example");
            var mine = latencies[i] = [];
            for (var seq = 1L; clock.Elapsed < duration; seq++)
            {
                var began = Stopwatch.GetTimestamp();
                await store.CommitAsync(new MailboxCommit { Owner = owner, Items = [Item(owner, seq)] });
                mine.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        })));
        var seconds = clock.Elapsed.TotalSeconds;
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        var all = latencies.SelectMany(list => list).Order().ToArray();
        Print($"{writers,8} {all.Length / seconds,9:F0} {cpu.TotalMicroseconds / all.Length,11:F1} {all[all.Length / 2],7:F2} {all[all.Length * 99 / 100],7:F2}");
    }

    private static async Task MeasureFinds(IMailboxStore store, int count)
    {
        foreach (var (what, prefix) in ((string, string)[])[("an id that is not there", "no"), ("an id that is there", "id-")])
        {
            var clock = Stopwatch.StartNew();
            for (var i = 0; i < count; i++)
            {
                var owner = Jid.FromCanonical($"user{i % 100}@w100.example");
                _ = await store.FindAsync(owner, Peer, $"{prefix}{1 + (i % 50)}");
            }
            Print($"{what}: {clock.Elapsed.TotalMicroseconds / count:F1} µs");
        }
    }

    private static MailboxItem Item(Jid owner, long seq) => new()
    {
        Seq = seq, Kind = ItemKind.Message, Id = $"id-{seq}", From = Peer, To = owner, SentAt = DateTimeOffset.UtcNow,
        Body = "It is the east, and Juliet is the sun. Arise, fair sun, and k",
    };

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
