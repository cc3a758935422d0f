using Krewe.Core.Gateways;

namespace Krewe.Streams.Faults;

/// <summary>Lets a test disturb the gateway streams. Registered by tests only; without one nothing is disturbed.</summary>
public interface IGatewayStreamFaults
{
    /// <summary>Decides what becomes of a batch that has reached its gateway. Runs on the gateway's silo, for one batch of a core silo at a time.</summary>
    /// <param name="core">The silo that sent it.</param>
    /// <param name="gateway">The silo that it has reached.</param>
    /// <param name="events">What it holds.</param>
    /// <param name="deliver">Hands events on; may be called any number of times, now or later, from any thread.</param>
    /// <returns>False if anything was withheld for good: then the batch counts as lost on the way, and the gateway finds out as it would in earnest.</returns>
    bool Receive(SiloAddress core, SiloAddress gateway, IReadOnlyList<GatewayEvent> events, Action<IReadOnlyList<GatewayEvent>> deliver);

    /// <summary>True while everything that <paramref name="core"/> sends to <paramref name="gateway"/> vanishes unnoticed, heartbeats too.</summary>
    bool IsCut(SiloAddress core, SiloAddress gateway);
}
