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
        // Rows of a service that is not configured go to a pump too: it sets them aside, where the operator sees them.
        foreach (var platform in Enum.GetValues<PushPlatform>())
            _pumps.Add(new PushPump(platform, lanes.TryGet(platform, out _, out var lane) ? lane : null, outbox, delivery, options.Concurrency, time, log));
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

    // Within the server's own eight seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
}
