using Krewe.Core.Gateways;

namespace Krewe.Grains.Tests.Cluster;

/// <summary>Keeps what the grains of all silos publish, in the order of each grain.</summary>
internal sealed class RecordingPublisher : IGatewayPublisher
{
    private readonly Lock _lock = new();
    private readonly List<(SiloAddress Gateway, GatewayEvent Event)> _published = [];
    private readonly List<(Func<GatewayEvent, bool> Wanted, TaskCompletionSource<GatewayEvent> Came)> _waits = [];

    public void Publish(SiloAddress gateway, GatewayEvent gatewayEvent)
    {
        lock (_lock)
        {
            _published.Add((gateway, gatewayEvent));
            foreach (var (wanted, came) in _waits)
                if (wanted(gatewayEvent)) came.TrySetResult(gatewayEvent);
        }
    }

    public IReadOnlyList<T> All<T>() where T : GatewayEvent
    {
        lock (_lock) return [.. _published.Select(published => published.Event).OfType<T>()];
    }

    /// <summary>The first such event, past or coming.</summary>
    public async Task<T> UntilAsync<T>(Func<T, bool> wanted, string what) where T : GatewayEvent
    {
        var came = new TaskCompletionSource<GatewayEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_published.Select(published => published.Event).OfType<T>().FirstOrDefault(wanted) is { } past) return past;
            _waits.Add((gatewayEvent => gatewayEvent is T t && wanted(t), came));
        }
        return (T)await came.Task.InTimeAsync(what);
    }
}
