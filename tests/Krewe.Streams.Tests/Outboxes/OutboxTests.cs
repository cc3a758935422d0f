using System.Diagnostics.Metrics;
using System.Net;
using Krewe.Streams.Outboxes;
using Krewe.Streams.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Krewe.Streams.Tests.Outboxes;

public sealed class OutboxTests
{
    private static readonly SiloAddress Core = SiloAddress.New(IPAddress.Loopback, 1, 1);
    private static readonly SiloAddress Gateway = SiloAddress.New(IPAddress.Loopback, 2, 1);

    private readonly GatewayStreamOptions _options = new();
    private readonly ScriptedLink _link = new();
    private readonly ArmedTimeProvider _time = new();

    private Outbox Create()
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        return new Outbox(Core, Gateway, _link, _options, new GatewayStreamMetrics(meters), _time, NullLogger.Instance);
    }

    [Fact]
    public async Task What_comes_while_a_call_is_under_way_makes_one_batch()
    {
        var outbox = Create();
        outbox.Publish(Events.Item(1));
        var first = await _link.NextAsync();
        for (var seq = 2; seq <= 100; seq++) outbox.Publish(Events.Item(seq));
        Assert.False(_link.HasCall);
        first.Accept();
        var second = await _link.NextAsync();
        second.Accept();
        await outbox.WhenIdleAsync();
        Assert.Equal([1], first.Batch!.Events.Seqs());
        Assert.Equal(Enumerable.Range(2, 99).Select(static n => (long)n), second.Batch!.Events.Seqs());
        Assert.Equal((1, 2), (first.Number, second.Number));
        Assert.Equal(1, _link.MostAtOnce);
    }

    [Fact]
    public async Task A_failed_batch_is_sent_again_under_its_number_after_growing_pauses()
    {
        var outbox = Create();
        outbox.Publish(Events.Item(1));
        var pauses = new List<double>();
        for (var attempt = 0; attempt < 7; attempt++)
        {
            (await _link.NextAsync()).Fail();
            pauses.Add((await _time.PassAsync()).TotalMilliseconds);
        }
        outbox.Publish(Events.Item(2));
        var last = await _link.NextAsync();
        last.Accept();
        var next = await _link.NextAsync();
        next.Accept();
        Assert.Equal([50, 100, 200, 400, 800, 1000, 1000], pauses);
        Assert.Equal((1, 2), (last.Number, next.Number));
        Assert.Equal([1], last.Batch!.Events.Seqs());
        await outbox.WhenIdleAsync();
        Assert.Equal(TimeSpan.Zero, outbox.Failing);
    }

    [Fact]
    public async Task A_full_gateway_gets_the_same_batch_again()
    {
        var outbox = Create();
        outbox.Publish(Events.Item(1));
        (await _link.NextAsync()).Full();
        await _time.PassAsync();
        var again = await _link.NextAsync();
        Assert.Equal(1, again.Number);
        Assert.Equal(TimeSpan.Zero, outbox.Failing);
        again.Accept();
        await outbox.WhenIdleAsync();
    }

    [Fact]
    public async Task A_dead_gateway_is_not_tried_again()
    {
        var outbox = Create();
        outbox.Publish(Events.Item(1));
        var call = await _link.NextAsync();
        outbox.Publish(Events.Item(2));
        outbox.Close();
        call.Fail();
        await outbox.WhenIdleAsync();
        outbox.Publish(Events.Item(3));
        outbox.Beat();
        await outbox.WhenIdleAsync();
        Assert.False(_link.HasCall);
    }

    [Fact]
    public async Task An_overflow_leaves_out_a_number()
    {
        _options.OutboxEvents = 100;
        var outbox = Create();
        outbox.Publish(Events.Item(1));
        var first = await _link.NextAsync();
        for (var seq = 2; seq <= 150; seq++) outbox.Publish(Events.Item(seq));
        first.Accept();
        var second = await _link.NextAsync();
        second.Accept();
        Assert.Equal(3, second.Number);
        Assert.Equal(100, second.Batch!.Events.Length);
        await outbox.WhenIdleAsync();
    }

    [Fact]
    public async Task A_heartbeat_tells_the_last_number_once_something_was_sent()
    {
        var outbox = Create();
        outbox.Beat();
        Assert.False(_link.HasCall);
        outbox.Publish(Events.Item(1));
        var batch = await _link.NextAsync();
        outbox.Beat();
        batch.Accept();
        await outbox.WhenIdleAsync();
        Assert.False(_link.HasCall, "a heartbeat went out while a batch was under way");
        outbox.Beat();
        var beat = await _link.NextAsync();
        Assert.Null(beat.Batch);
        Assert.Equal(1, beat.Number);
        outbox.Publish(Events.Item(2));
        beat.Accept();
        var next = await _link.NextAsync();
        Assert.Equal(2, next.Number);
        next.Accept();
        await outbox.WhenIdleAsync();
    }

    [Fact]
    public async Task A_gateway_that_does_not_answer_is_noticed()
    {
        var outbox = Create();
        outbox.Publish(Events.Item(1));
        (await _link.NextAsync()).Accept();
        await outbox.WhenIdleAsync();
        outbox.Beat();
        (await _link.NextAsync()).Fail();
        await outbox.WhenIdleAsync();
        _time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(TimeSpan.FromSeconds(7), outbox.Failing);
        outbox.Beat();
        (await _link.NextAsync()).Accept();
        await outbox.WhenIdleAsync();
        Assert.Equal(TimeSpan.Zero, outbox.Failing);
    }
}
