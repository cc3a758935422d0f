using System.Collections.Frozen;
using Krewe.Core.Devices;
using Krewe.Core.Push;

namespace Krewe.Push.Delivery;

/// <summary>The senders that are configured, each with its lane.</summary>
internal sealed class Lanes : IDisposable
{
    private readonly FrozenDictionary<PushPlatform, (IPushSender Sender, Lane Lane)> _lanes;

    public Lanes(IEnumerable<IPushSender> senders, PushOptions options, TimeProvider time) =>
        _lanes = senders.ToFrozenDictionary(sender => sender.Platform, sender => (sender, new Lane(options, time)));

    /// <summary>False: nothing is configured.</summary>
    public bool Any => _lanes.Count > 0;

    public IEnumerable<(PushPlatform Platform, Lane Lane)> All => _lanes.OrderBy(entry => entry.Key).Select(entry => (entry.Key, entry.Value.Lane));

    public bool TryGet(PushPlatform platform, out IPushSender sender, out Lane lane)
    {
        var found = _lanes.TryGetValue(platform, out var entry);
        (sender, lane) = entry;
        return found;
    }

    public void Dispose()
    {
        foreach (var (sender, _) in _lanes.Values) (sender as IDisposable)?.Dispose();
    }
}
