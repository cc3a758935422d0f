using Krewe.Core.Devices;
using Krewe.Core.Push;
using Microsoft.Extensions.Logging;

namespace Krewe.Push.Delivery;

/// <summary>Takes rows out of the outbox when they are due and has them delivered: a pump for each push service, so that one which is slow holds up no other.
/// One a core silo; leases keep them apart.</summary>
internal sealed class PushWorker(
    IPushOutbox outbox, PushDelivery delivery, Lanes lanes, PushOptions options, PushGauges gauges, TimeProvider time, ILogger<PushPump> log) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PushPump> _pumps = [];
    private Task _running = Task.CompletedTask;

    public void Dispose()
    {
        foreach (var pump in _pumps) pump.Dispose();
        _stop.Dispose();
    }

    public void Start()
    {
        if (!lanes.Any) return;
        gauges.Begin();
        foreach (var (platform, lane) in lanes.All) _pumps.Add(Pump(new HashSet<PushPlatform> { platform }, lane));
        // Rows of services that are not configured go to a pump too: it sets them aside, where the operator sees them.
        var others = Enum.GetValues<PushPlatform>().Except(lanes.All.Select(lane => lane.Platform)).ToHashSet();
        if (others.Count > 0) _pumps.Add(Pump(others, null));
        _running = Task.WhenAll(_pumps.Select(pump => Task.Run(() => pump.RunAsync(_stop.Token), CancellationToken.None)));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var pump in _pumps) pump.TakeNoMore();
        // What was sent and is not settled is sent again: worth a moment's patience.
        await Task.WhenAny(Task.WhenAll(_pumps.Select(pump => pump.DrainedAsync())), Task.Delay(Patience, cancellationToken)).ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private PushPump Pump(HashSet<PushPlatform> platforms, Lane? lane) => new(platforms, lane, outbox, delivery, options.Concurrency, time, log);

    // Within the server's own eight seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
}
