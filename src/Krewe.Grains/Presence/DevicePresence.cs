using Krewe.Core.Presence;

namespace Krewe.Grains.Presence;

/// <summary>What <see cref="PresenceMap"/> knows of one device.</summary>
internal sealed class DevicePresence
{
    public int Sessions { get; set; }

    /// <summary>Sessions that make the device available by themselves.</summary>
    public int AutoSessions { get; set; }

    /// <summary>What the device has said; null: nothing, so that its sessions speak for it.</summary>
    public PresenceState? Said { get; set; }

    /// <summary>When it last had a session, as a timestamp of the monotonic clock.</summary>
    public long LeftAt { get; set; }

    /// <summary>Grows with every change: of equals, the latest speaks for the person.</summary>
    public long Order { get; set; }

    public PresenceState State =>
        Sessions == 0 ? PresenceState.Offline
        : Said ?? (AutoSessions > 0 ? PresenceState.Available : PresenceState.Offline);
}
