using System.Collections.Concurrent;

namespace Krewe.Grains.Draining;

/// <summary>Which silos of the cluster drain, as far as this one was told.</summary>
internal sealed class DrainBoard
{
    private readonly ConcurrentDictionary<SiloAddress, byte> _draining = new();

    public bool IsEmpty => _draining.IsEmpty;

    public bool IsDraining(SiloAddress silo) => _draining.ContainsKey(silo);

    public void Note(SiloAddress silo) => _draining.TryAdd(silo, 0);

    /// <summary>Forgets silos that are gone; a restarted one has another address.</summary>
    public void Keep(IEnumerable<SiloAddress> members)
    {
        foreach (var gone in _draining.Keys.Except(members).ToList()) _draining.TryRemove(gone, out _);
    }
}
