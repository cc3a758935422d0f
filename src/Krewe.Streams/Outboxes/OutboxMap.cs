using System.Collections.Concurrent;
using Krewe.Core.Gateways;
using Krewe.Streams.Faults;
using Krewe.Streams.Inboxes;
using Krewe.Streams.Provider;
using Krewe.Streams.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Krewe.Streams.Outboxes;

/// <summary>This silo's outboxes, one a gateway.</summary>
internal sealed partial class OutboxMap
{
    private readonly ConcurrentDictionary<StreamId, Outbox> _outboxes = new();
    private readonly Func<StreamId, Outbox> _create;
    private readonly GatewayStreamOptions _options;
    private readonly GatewayStreamMetrics _metrics;
    private readonly IClusterMembershipService _membership;
    private readonly ILogger<OutboxMap> _logger;

    public OutboxMap(
        IServiceProvider services, ILocalSiloDetails silo, InboundQueue inbound, IOptions<GatewayStreamOptions> options, GatewayStreamMetrics metrics,
        ILoggerFactory loggers)
    {
        _options = options.Value;
        _metrics = metrics;
        _membership = services.GetRequiredService<IClusterMembershipService>();
        _logger = loggers.CreateLogger<OutboxMap>();
        var faults = services.GetService<IGatewayStreamFaults>();
        var client = services.GetRequiredService<GatewayStreamServiceClient>();
        var time = services.StreamTime();
        var log = loggers.CreateLogger<Outbox>();
        _create = stream =>
        {
            var gateway = GatewayStreamId.GatewayOf(stream);
            IGatewayLink link = gateway.Equals(silo.SiloAddress) ? new LocalLink(inbound) : new RemoteLink(client.On(gateway));
            if (faults is not null) link = new CuttableLink(link, gateway, faults);
            return new Outbox(silo.SiloAddress, gateway, link, _options, metrics, time, log);
        };
        metrics.Observe("outbox", () => Waiting);
    }

    /// <summary>Events that wait for any gateway.</summary>
    public long Waiting => _outboxes.Values.Sum(static outbox => (long)outbox.Waiting);

    /// <summary>Puts events on their way; never waits.</summary>
    public void Publish<T>(StreamId stream, IEnumerable<T> events)
    {
        if (!_outboxes.TryGetValue(stream, out var outbox))
        {
            if (_membership.CurrentSnapshot.GetSiloStatus(GatewayStreamId.GatewayOf(stream)) == SiloStatus.Dead)
            {
                _metrics.Lost(Loss.GatewayDead, events.Count());
                return;
            }
            outbox = _outboxes.GetOrAdd(stream, _create);
        }
        foreach (var item in events)
        {
            outbox.Publish(item as GatewayEvent ?? throw new ArgumentException($"A gateway stream carries {nameof(GatewayEvent)}s only.", nameof(events)));
        }
    }

    /// <summary>A silo is dead: what waits for it is of no use.</summary>
    public void Drop(SiloAddress gateway)
    {
        if (!_outboxes.TryRemove(GatewayStreamId.Of(gateway), out var outbox)) return;
        LogDropped(gateway, outbox.Waiting);
        outbox.Close();
    }

    /// <summary>Sends the heartbeats that are due, and drops what goes to silos that never come.</summary>
    public void Beat()
    {
        foreach (var outbox in _outboxes.Values)
        {
            if (outbox.Failing > _options.UnknownGatewayPatience
                && _membership.CurrentSnapshot.GetSiloStatus(outbox.Gateway) is SiloStatus.None or SiloStatus.Dead)
            {
                Drop(outbox.Gateway);
            }
            else
            {
                outbox.Beat();
            }
        }
    }

    /// <summary>Completes when everything that waits now has been accepted or given up.</summary>
    public Task WhenIdleAsync() => Task.WhenAll(_outboxes.Values.Select(static outbox => outbox.WhenIdleAsync()));

    /// <summary>Waits until the outboxes are empty, but no longer than the options say; then forgets the rest.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WhenIdleAsync().WaitAsync(_options.DrainTimeout, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            LogNotDrained(Waiting);
        }
        foreach (var outbox in _outboxes.Values) outbox.Close();
    }

    [LoggerMessage(LogLevel.Information, "Gateway {Gateway} is gone; {Waiting} events for it are dropped.")]
    private partial void LogDropped(SiloAddress gateway, int waiting);

    [LoggerMessage(LogLevel.Warning, "The silo stops with {Waiting} events in its outboxes; the gateways find out and read the mailboxes.")]
    private partial void LogNotDrained(long waiting);
}
