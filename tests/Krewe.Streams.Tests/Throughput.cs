using System.Diagnostics;
using Krewe.Core.Gateways;
using Krewe.Streams.Outboxes;
using Krewe.Streams.Tests.Cluster;

namespace Krewe.Streams.Tests;

/// <summary>Figures, not assertions: <c>dotnet run -c Release --project tests/Krewe.Streams.Tests -- -explicit only -showliveoutput</c>.</summary>
public sealed class Throughput(ITestOutputHelper output)
{
    [Theory(Explicit = true)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Events_a_second(int to)
    {
        const int Window = 20_000;
        const int Count = 1_000_000;
        await using var cluster = await StreamCluster.StartAsync(2);
        var (inbox, outboxes) = (cluster.Inbox(to), cluster.Service<OutboxMap>(0));
        inbox.CountOnly = true;
        var gatewayEvent = Events.Item(1, new string('x', 100));
        var address = cluster.Address(to);
        var publisher = cluster.Service<IGatewayPublisher>(0);
        for (var round = 0; round < 2; round++)
        {
            var (clock, cpu, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime, inbox.Count);
            for (var sent = 0; sent < Count; sent++)
            {
                // Closed loop: a bounded number is under way, as with users who wait for their answers.
                if (sent % 1_000 == 0) await inbox.UntilCount(before + sent - Window);
                publisher.Publish(address, gatewayEvent);
            }
            await inbox.UntilCount(before + Count);
            var seconds = clock.Elapsed.TotalSeconds;
            var micros = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / Count;
            output.WriteLine($"to {(to == 0 ? "the same silo" : "another silo")}: {Count / seconds:N0} events/s, {micros:N2} µs CPU an event, "
                + $"{(double)Count / inbox.BatchCount:N0} events a batch, {outboxes.Waiting} waiting");
            inbox.BatchCount = 0;
        }
    }

    [Theory(Explicit = true)]
    [InlineData(0, 1_000)]
    [InlineData(1, 1_000)]
    [InlineData(1, 10_000)]
    public async Task Delay_at_a_rate(int to, int rate)
    {
        await using var cluster = await StreamCluster.StartAsync(2);
        var inbox = cluster.Inbox(to);
        inbox.CountOnly = true;
        var count = rate * 5;
        var delays = new double[count];
        inbox.OnEvent = gatewayEvent =>
        {
            var item = ((ItemEvent)gatewayEvent).Item;
            delays[item.Seq] = Stopwatch.GetElapsedTime(item.SentAt.Ticks).TotalMilliseconds;
        };
        var address = cluster.Address(to);
        var publisher = cluster.Service<IGatewayPublisher>(0);
        var template = Events.Item(0);
        await Task.Factory.StartNew(() =>
        {
            var start = Stopwatch.GetTimestamp();
            for (var n = 0; n < count; n++)
            {
                var due = start + n * Stopwatch.Frequency / rate;
                while (Stopwatch.GetTimestamp() < due) Thread.Sleep(0);
                // The due time travels in the event: delays of the sender count too.
                publisher.Publish(address, template with { Item = template.Item with { Seq = n, SentAt = new DateTimeOffset(due, TimeSpan.Zero) } });
            }
        }, TaskCreationOptions.LongRunning);
        await inbox.UntilCount(count);
        var settled = delays.Skip(rate).Order().ToArray();
        output.WriteLine($"to {(to == 0 ? "the same silo" : "another silo")} at {rate:N0}/s: p50 {settled[settled.Length / 2]:N2} ms, "
            + $"p99 {settled[settled.Length * 99 / 100]:N2} ms, max {settled[^1]:N2} ms");
    }

    [Theory(Explicit = true)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Idle_and_stop(bool gateways)
    {
        await using var cluster = await StreamCluster.StartAsync(2, static o => o.Heartbeat = TimeSpan.FromSeconds(1), hasGateway: _ => gateways);
        for (var from = 0; gateways && from < 2; from++)
        {
            for (var to = 0; to < 2; to++) cluster.Publish(from, to, Events.Item(1));
        }
        if (gateways) await cluster.Inbox(1).Until(2, "gateway 1");
        await Task.Delay(TimeSpan.FromSeconds(5));
        var cpu = Environment.CpuUsage.TotalTime;
        await Task.Delay(TimeSpan.FromSeconds(10));
        output.WriteLine($"two idle silos, {(gateways ? "gateways" : "no gateways")}: {(Environment.CpuUsage.TotalTime - cpu) / TimeSpan.FromSeconds(10):P1} of a core");
        var clock = Stopwatch.StartNew();
        await cluster.StopAsync(1);
        output.WriteLine($"a silo stops in {clock.Elapsed.TotalMilliseconds:N0} ms");
    }
}
