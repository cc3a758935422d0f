using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Krewe.Streams.Outboxes;
using Krewe.Streams.Tests.Cluster;

namespace Krewe.Streams.Tests;

public sealed partial class MetricsTests
{
    [Fact]
    public async Task What_is_published_sent_delivered_lost_and_suspected_is_counted()
    {
        await using var cluster = await StreamCluster.StartAsync(1, static o => (o.EphemeralEvents, o.InboxEvents, o.DeliveryEvents) = (16, 100, 10));
        var totals = new ConcurrentDictionary<string, long>();
        using var listener = Listen(cluster, totals);
        var (inbox, outboxes) = (cluster.Inbox(0), cluster.Service<OutboxMap>(0));
        for (var seq = 1; seq <= 50; seq++) cluster.Publish(0, 0, Events.Item(seq));
        await inbox.Until(50, "the gateway");
        inbox.Failure = new InvalidOperationException("The test says so.");
        cluster.Publish(0, 0, Events.Item(51));
        await inbox.UntilGap(null, "the gateway");
        await outboxes.WhenIdleAsync();
        listener.RecordObservableInstruments();
        Assert.Equal(51, totals["krewe.streams.published"]);
        Assert.Equal(51, totals["krewe.streams.sent"]);
        Assert.Equal(51, totals["krewe.streams.batch.events"]);
        Assert.Equal(50, totals["krewe.streams.delivered"]);
        Assert.Equal(1, totals["krewe.streams.gaps reason=undelivered"]);
        Assert.Equal(0, totals["krewe.streams.outbox.events"]);
        Assert.Equal(0, totals["krewe.streams.inbox.events"]);
        Assert.DoesNotContain(totals.Keys, static name => name.StartsWith("krewe.streams.lost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_operators_page_lists_every_metric()
    {
        await using var cluster = await StreamCluster.StartAsync(1);
        var names = new ConcurrentDictionary<string, long>();
        using var listener = Listen(cluster, new ConcurrentDictionary<string, long>(), instrument => names[instrument.Name] = 0);
        var page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../docs/operations/gateway-streams.md"));
        Assert.Equal(names.Keys.Order(StringComparer.Ordinal), MetricName().Matches(page).Select(static match => match.Value).Distinct().Order(StringComparer.Ordinal));
    }

    private static MeterListener Listen(StreamCluster cluster, ConcurrentDictionary<string, long> totals, Action<Instrument>? onInstrument = null)
    {
        var factory = cluster.Service<IMeterFactory>(0);
        var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            // Other tests' silos have meters of the same name.
            if (instrument.Meter.Name != GatewayStreamMetrics.MeterName || instrument.Meter.Scope != factory) return;
            onInstrument?.Invoke(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
        return listener;

        void Add(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var name = tags.IsEmpty ? instrument.Name : $"{instrument.Name} {tags[0].Key}={tags[0].Value}";
            totals.AddOrUpdate(name, value, (_, sum) => sum + value);
        }
    }

    [GeneratedRegex(@"krewe\.streams\.[a-z.]*[a-z]")]
    private static partial Regex MetricName();

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
