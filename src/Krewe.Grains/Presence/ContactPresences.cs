using Krewe.Core.Addresses;
using Krewe.Core.Presence;

namespace Krewe.Grains.Presence;

/// <summary>What a user was told of the presence of contacts: kept so that a new session and the list of contacts can be served at once.</summary>
internal sealed class ContactPresences
{
    private readonly Dictionary<Jid, Known> _contacts = [];

    public PresenceState? Overall(Jid contact) => _contacts.GetValueOrDefault(contact)?.Overall;

    /// <summary>The available contacts whose grains were on a silo.</summary>
    public Jid[] On(SiloAddress core) => [.. _contacts.Where(contact => contact.Value.IsAvailable && core.Equals(contact.Value.Core)).Select(contact => contact.Key)];

    /// <summary>Everybody who is available, as changes that build the picture from nothing.</summary>
    public IEnumerable<PresenceChange> Picture => _contacts.Where(contact => contact.Value.IsAvailable).SelectMany(contact => contact.Value.Picture(contact.Key));

    /// <summary>Everybody who is known to be offline.</summary>
    public IEnumerable<PresenceChange> Absent => _contacts.Where(contact => !contact.Value.IsAvailable).SelectMany(contact => contact.Value.Picture(contact.Key));

    /// <summary>Takes a contact's change in.</summary>
    public PresenceNews Apply(PresenceChange change)
    {
        var first = !_contacts.TryGetValue(change.From, out var known);
        if (known is null) _contacts[change.From] = known = new Known();
        var overallChanged = !PresenceMap.Same(known.Overall, change.Overall);
        var stateChanged = !PresenceMap.Same(known.Devices.GetValueOrDefault(change.Device, PresenceState.Offline), change.State);
        // Another silo speaks for the contact now: what the last one said of other devices may be out of date.
        if (change.Snapshot || (known.Core is not null && !known.Core.Equals(change.Core)))
        {
            stateChanged |= known.Devices.Keys.Any(device => device != change.Device);
            known.Devices.Clear();
        }
        (known.Core, known.Overall) = (change.Core, change.Overall);
        if (change.State.Show == Show.Offline) known.Devices.Remove(change.Device);
        else known.Devices[change.Device] = change.State;
        if (change.Overall.Show == Show.Offline) known.Devices.Clear();
        return new(first, overallChanged, stateChanged);
    }

    /// <summary>The contact is no longer to be seen: true if it was to be seen as available.</summary>
    public bool Forget(Jid contact) => _contacts.Remove(contact, out var known) && known.IsAvailable;

    private sealed class Known
    {
        public PresenceState Overall { get; set; } = PresenceState.Offline;
        public Dictionary<string, PresenceState> Devices { get; } = [];
        public SiloAddress? Core { get; set; }
        public bool IsAvailable => Overall.Show != Show.Offline;

        public IEnumerable<PresenceChange> Picture(Jid contact)
        {
            if (Devices.Count == 0) yield return new PresenceChange(contact, "", Overall, Overall) { Core = Core, Snapshot = true };
            var first = true;
            foreach (var (device, state) in Devices)
            {
                yield return new PresenceChange(contact, device, state, Overall) { Core = Core, Snapshot = first };
                first = false;
            }
        }
    }
}

/// <summary>What a contact's change told.</summary>
/// <param name="First">Nothing was known of the contact before.</param>
/// <param name="OverallChanged">The person as a whole looks different.</param>
/// <param name="DeviceChanged">At least one device does.</param>
internal readonly record struct PresenceNews(bool First, bool OverallChanged, bool DeviceChanged);
