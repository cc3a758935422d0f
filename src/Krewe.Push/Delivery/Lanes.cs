using System.Collections.Frozen;
using Krewe.Core.Devices;
using Krewe.Core.Push;

namespace Krewe.Push.Delivery;

/// <summary>The senders that are configured, each with its lane.</summary>
internal sealed class Lanes(IEnumerable<IPushSender> senders, PushOptions options, TimeProvider time)
{
    private readonly FrozenDictionary<PushPlatform, (IPushSender Sender, Lane Lane)> _lanes =
        senders.ToFrozenDictionary(sender => sender.Platform, sender => (sender, new Lane(options, time)));

    public IEnumerable<(PushPlatform Platform, Lane Lane)> All => _lanes.Select(entry => (entry.Key, entry.Value.Lane));

    public bool TryGet(PushPlatform platform, out IPushSender sender, out Lane lane)
    {
        var found = _lanes.TryGetValue(platform, out var entry);
        (sender, lane) = entry;
        return found;
    }

    /// <summary>The platforms that take a push now, and when the next one of the others may.</summary>
    public (HashSet<PushPlatform> Open, DateTimeOffset? NextOpening) Look()
    {
        var open = new HashSet<PushPlatform>();
        DateTimeOffset? next = null;
        foreach (var (platform, (_, lane)) in _lanes)
        {
            if (lane.OpensAt() is not { } opening) open.Add(platform);
            else if (next is null || opening < next) next = opening;
        }
        return (open, next);
    }
}
