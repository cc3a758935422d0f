using System.Collections.Concurrent;
using Orleans.GrainDirectory;

namespace Krewe.Streams.Inboxes;

/// <summary>Where the consumer of this silo's gateway stream is: here, or nowhere yet.</summary>
/// <remarks>Orleans' own directory is spread over all silos, and when one dies, activations elsewhere whose entries it held are ended as well. That would stop the delivery to
/// a living gateway's clients for seconds whenever the entry of its consumer was on a silo that died.</remarks>
internal sealed class OwnSiloDirectory : IGrainDirectory
{
    public const string Name = "krewe-own-silo";

    private readonly ConcurrentDictionary<GrainId, GrainAddress> _entries = new();

    public Task<GrainAddress?> Register(GrainAddress address) => Task.FromResult<GrainAddress?>(_entries.GetOrAdd(address.GrainId, address));

    public Task<GrainAddress?> Register(GrainAddress address, GrainAddress? previousAddress)
    {
        if (previousAddress is not null) Remove(previousAddress);
        return Register(address);
    }

    public Task Unregister(GrainAddress address)
    {
        Remove(address);
        return Task.CompletedTask;
    }

    public Task<GrainAddress?> Lookup(GrainId grainId) => Task.FromResult(_entries.GetValueOrDefault(grainId));

    public Task UnregisterSilos(List<SiloAddress> siloAddresses)
    {
        foreach (var entry in _entries.Values.Where(entry => entry.SiloAddress is { } silo && siloAddresses.Contains(silo))) Remove(entry);
        return Task.CompletedTask;
    }

    private void Remove(GrainAddress address)
    {
        if (_entries.TryGetValue(address.GrainId, out var known) && known.Matches(address)) _entries.TryRemove(new(address.GrainId, known));
    }
}
