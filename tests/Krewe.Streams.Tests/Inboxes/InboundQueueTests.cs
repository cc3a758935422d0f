using System.Diagnostics.Metrics;
using System.Net;
using Krewe.Core.Gateways;
using Krewe.Streams.Faults;
using Krewe.Streams.Inboxes;
using Krewe.Streams.Tests.Cluster;
using Krewe.Streams.Tests.Outboxes;
using Krewe.Streams.Transport;
using Krewe.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Krewe.Streams.Tests.Inboxes;

public sealed class InboundQueueTests
{
    private static readonly SiloAddress Core = SiloAddress.New(IPAddress.Loopback, 1, 1);
    private static readonly SiloAddress Other = SiloAddress.New(IPAddress.Loopback, 2, 1);

    private readonly GatewayStreamOptions _options = new();
    private readonly ArmedTimeProvider _time = new();
    private bool _hasGateway = true;

    private InboundQueue Create(IGatewayStreamFaults? faults = null)
    {
        var services = new ServiceCollection().AddMetrics().AddSingleton<TimeProvider>(_time);
        if (_hasGateway) services.AddSingleton<IGatewayInbox, RecordingInbox>();
        if (faults is not null) services.AddSingleton(faults);
        var provider = services.BuildServiceProvider();
        return new InboundQueue(
            provider, new ThisSilo(), Options.Create(_options), new GatewayStreamMetrics(provider.GetRequiredService<IMeterFactory>()));
    }

    private static EventBatch Batch(long number, params GatewayEvent[] events) => new(Core, number, [.. events]);

    [Fact]
    public async Task Everything_that_waits_is_taken_at_once()
    {
        var queue = Create();
        var taking = queue.TakeAsync(default);
        Assert.False(taking.IsCompleted);
        Assert.True(await queue.PushAsync(Batch(1, Events.Item(1))));
        Assert.Equal([1], (await taking).Events.Seqs());
        await queue.PushAsync(Batch(2, Events.Item(2), Events.Item(3)));
        await queue.PushAsync(Batch(3, Events.Item(4)));
        var delivery = await queue.TakeAsync(default);
        Assert.Equal([2, 3, 4], delivery.Events.Seqs());
        Assert.Empty(delivery.Suspects);
    }

    [Fact]
    public async Task A_delivery_ends_at_its_bound()
    {
        _options.DeliveryEvents = 2;
        var queue = Create();
        await queue.PushAsync(Batch(2, Events.Item(1), Events.Item(2), Events.Item(3)));
        var first = await queue.TakeAsync(default);
        var second = await queue.TakeAsync(default);
        Assert.Equal([1, 2], first.Events.Seqs());
        Assert.Equal([3], second.Events.Seqs());
        Assert.Empty(first.Suspects);
        Assert.Equal([Core], second.Suspects);
    }

    [Fact]
    public async Task Waiting_ends_with_its_token()
    {
        using var stop = new CancellationTokenSource();
        var taking = Create().TakeAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_full_gateway_holds_back_the_answer_until_there_is_room()
    {
        _options.InboxEvents = 2;
        var queue = Create();
        Assert.True(await queue.PushAsync(Batch(1, Events.Item(1), Events.Item(2))));
        var waiting = queue.PushAsync(Batch(2, Events.Item(3)));
        Assert.False(waiting.IsCompleted);
        Assert.Equal([1, 2], (await queue.TakeAsync(default)).Events.Seqs());
        Assert.True(await waiting);
        Assert.Equal([3], (await queue.TakeAsync(default)).Events.Seqs());
    }

    [Fact]
    public async Task A_gateway_that_stays_full_asks_to_come_again()
    {
        _options.InboxBytes = 1_000;
        var queue = Create();
        await queue.PushAsync(Batch(1, Events.Item(1, new string('x', 1_000))));
        var waiting = queue.PushAsync(Batch(2, Events.Item(2)));
        Assert.Equal(_options.FullInboxWait, await _time.PassAsync());
        Assert.False(await waiting);
        await queue.TakeAsync(default);
        Assert.True(await queue.PushAsync(Batch(2, Events.Item(2))));
        var delivery = await queue.TakeAsync(default);
        Assert.Equal([2], delivery.Events.Seqs());
        Assert.Empty(delivery.Suspects);
    }

    [Fact]
    public async Task A_repeated_batch_is_passed_over_even_by_a_full_gateway()
    {
        _options.InboxEvents = 1;
        var queue = Create();
        await queue.PushAsync(Batch(1, Events.Item(1)));
        Assert.True(await queue.PushAsync(Batch(1, Events.Item(1))));
        Assert.Equal([1], (await queue.TakeAsync(default)).Events.Seqs());
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public async Task A_skipped_number_makes_its_silo_suspect()
    {
        var queue = Create();
        await queue.PushAsync(Batch(1, Events.Item(1)));
        await queue.PushAsync(new EventBatch(Other, 1, [Events.Item(7)]));
        await queue.PushAsync(Batch(3, Events.Item(3)));
        var delivery = await queue.TakeAsync(default);
        Assert.Equal([1, 7, 3], delivery.Events.Seqs());
        Assert.Equal([Core], delivery.Suspects);
    }

    [Fact]
    public async Task A_heartbeat_betrays_a_lost_last_batch_once()
    {
        var queue = Create();
        await queue.PushAsync(Batch(1, Events.Item(1)));
        queue.Heartbeat(Core, 1);
        Assert.Empty((await queue.TakeAsync(default)).Suspects);
        queue.Heartbeat(Core, 2);
        Assert.Equal([Core], (await queue.TakeAsync(default)).Suspects);
        queue.Heartbeat(Core, 2);
        Assert.False(queue.TakeAsync(default).IsCompleted);
    }

    [Fact]
    public async Task A_dead_silo_is_suspect()
    {
        var queue = Create();
        queue.CoreDied(Core);
        Assert.Equal([Core], (await queue.TakeAsync(default)).Suspects);
    }

    [Fact]
    public async Task If_any_silo_is_suspect_none_is_named()
    {
        var queue = Create();
        queue.CoreDied(Core);
        queue.Suspect(null, Suspicion.Undelivered);
        Assert.Equal([null], (await queue.TakeAsync(default)).Suspects);
    }

    [Fact]
    public async Task A_batch_that_loses_an_event_by_a_fault_counts_as_lost()
    {
        var faults = new StreamFaults { Drop = 1 };
        var queue = Create(faults);
        Assert.True(await queue.PushAsync(Batch(1, Events.Item(1))));
        Assert.False(queue.TakeAsync(default).IsCompleted);
        faults.Clear();
        await queue.PushAsync(Batch(2, Events.Item(2)));
        var delivery = await queue.TakeAsync(default);
        Assert.Equal([2], delivery.Events.Seqs());
        Assert.Equal([Core], delivery.Suspects);
    }

    [Fact]
    public async Task A_silo_without_a_gateway_takes_everything_and_keeps_nothing()
    {
        _hasGateway = false;
        var queue = Create();
        Assert.True(await queue.PushAsync(Batch(1, Events.Item(1))));
        Assert.Equal(0, queue.Count);
    }

    private sealed class ThisSilo : ILocalSiloDetails
    {
        public string Name => "silo";

        public string ClusterId => "krewe";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress => SiloAddress.New(IPAddress.Loopback, 3, 1);

        public SiloAddress GatewayAddress => SiloAddress;
    }
}
