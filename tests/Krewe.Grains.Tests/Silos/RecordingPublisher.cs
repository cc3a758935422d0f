using System.Collections.Immutable;
using Krewe.Core.Gateways;

namespace Krewe.Grains.Tests.Silos;

/// <summary>Stands in for the gateway streams of all silos: hands every event to the sessions of its gateway, as a gateway does.</summary>
internal sealed class RecordingPublisher : IGatewayPublisher
{
    private readonly Lock _lock = new();
    private ImmutableArray<TestSession> _sessions = [];

    public void Add(TestSession session)
    {
        lock (_lock) _sessions = _sessions.Add(session);
    }

    public void Publish(SiloAddress gateway, GatewayEvent gatewayEvent)
    {
        // One at a time, so that two threads' events reach a session in one order.
        lock (_lock)
            foreach (var session in _sessions) session.Offer(gateway, gatewayEvent);
    }
}
