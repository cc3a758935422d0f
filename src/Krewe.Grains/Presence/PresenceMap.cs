using Krewe.Core.Presence;

namespace Krewe.Grains.Presence;

/// <summary>A user's own presence: what each device says, and what the person looks like as a whole.</summary>
/// <remarks>Every change answers whether the device looks different from before; if not, nobody needs to hear of it.</remarks>
internal sealed class PresenceMap(TimeProvider time, int maxDevices)
{
    /// <summary>How long a device's word outlives its last session: a page that is loaded again, or a change of transport, keeps it.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, DevicePresence> _devices = [];
    private long _order;

    /// <summary>The most available device's state; of equals that with the highest priority, then the latest.</summary>
    public PresenceState Overall
    {
        get
        {
            DevicePresence? best = null;
            foreach (var device in _devices.Values)
                if (device.State.Show != Show.Offline && (best is null || Rank(device).CompareTo(Rank(best)) > 0)) best = device;
            return best?.State ?? PresenceState.Offline;
        }
    }

    public PresenceState StateOf(string device) => _devices.TryGetValue(device, out var known) ? known.State : PresenceState.Offline;

    /// <summary>The device has said that nobody looks at it at the moment.</summary>
    public bool IsIdle(string device) => _devices.TryGetValue(device, out var known) && known.Said?.Show is Show.Away or Show.Xa;

    /// <summary>The devices that others can see.</summary>
    public IEnumerable<(string Device, PresenceState State)> Available =>
        _devices.Where(device => device.Value.State.Show != Show.Offline).Select(device => (device.Key, device.Value.State));

    /// <summary>What devices have said, as far as it still counts.</summary>
    public IEnumerable<(string Device, PresenceState State)> Said
    {
        get
        {
            Forget();
            return _devices.Where(device => device.Value.Said is not null).Select(device => (device.Key, device.Value.Said!));
        }
    }

    /// <summary>A session of the device has begun.</summary>
    /// <param name="auto">It makes the device available unless that said otherwise.</param>
    public bool Open(string device, bool auto)
    {
        Forget();
        return Change(device, known =>
        {
            known.Sessions++;
            if (auto) known.AutoSessions++;
        });
    }

    /// <summary>A session of the device has ended.</summary>
    public bool Close(string device, bool auto)
    {
        if (!_devices.ContainsKey(device)) return false;
        var changed = Change(device, known =>
        {
            known.Sessions--;
            if (auto) known.AutoSessions--;
            // An XMPP resource's presence ends with its stream (RFC 6121, section 4.5); a native device's word lives a little longer.
            else if (known.Sessions == 0) known.Said = null;
            known.LeftAt = time.GetTimestamp();
        });
        Forget();
        return changed;
    }

    /// <summary>The device says how available it is. Without a session the word waits for one.</summary>
    public bool Say(string device, PresenceState state)
    {
        var changed = Change(device, known =>
        {
            known.Said = state;
            if (known.Sessions == 0) known.LeftAt = time.GetTimestamp();
        });
        Forget();
        return changed;
    }

    private bool Change(string device, Action<DevicePresence> change)
    {
        if (!_devices.TryGetValue(device, out var known)) _devices[device] = known = new();
        var before = known.State;
        change(known);
        if (Same(known.State, before)) return false;
        known.Order = ++_order;
        return true;
    }

    // Words of devices that are gone are dropped when they are old, or the oldest first when there are too many of them.
    private void Forget()
    {
        foreach (var (name, device) in _devices)
            if (device.Sessions == 0 && (device.Said is null || time.GetElapsedTime(device.LeftAt) >= Memory)) _devices.Remove(name);
        while (_devices.Count > maxDevices && _devices.Where(device => device.Value.Sessions == 0).MinBy(device => device.Value.LeftAt).Key is { } oldest)
            _devices.Remove(oldest);
    }

    private static (Show, sbyte, long) Rank(DevicePresence device) => (device.State.Show, device.State.Priority, device.Order);

    /// <summary>Compares by content; the record's own equality would take equal extension bytes in two arrays for different.</summary>
    public static bool Same(PresenceState a, PresenceState b) =>
        a.Show == b.Show && a.Status == b.Status && a.Priority == b.Priority && a.Extensions.AsSpan().SequenceEqual(b.Extensions.AsSpan());
}
