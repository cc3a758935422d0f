using Krewe.Core.Addresses;
using Krewe.Core.Presence;

namespace Krewe.Gateway.Xmpp.Stanzas;

/// <summary>Which devices of whom a client was shown as available, so that it hears the end of each (RFC 6121, section 4.5).</summary>
internal sealed class SeenDevices
{
    private readonly Dictionary<Jid, HashSet<string>> _seen = [];

    /// <summary>Takes a change in.</summary>
    /// <returns>The devices that are gone besides: to be shown as unavailable before it.</returns>
    public IReadOnlyList<string> Apply(PresenceChange change)
    {
        if (!_seen.TryGetValue(change.From, out var devices))
        {
            if (change.State.Show != Show.Offline) _seen[change.From] = [change.Device];
            return [];
        }
        // Either what comes is all that there is, or nothing is left.
        string[] gone = change.Snapshot || change.Overall.Show == Show.Offline ? [.. devices.Where(device => device != change.Device)] : [];
        devices.ExceptWith(gone);
        if (change.State.Show == Show.Offline) devices.Remove(change.Device);
        else devices.Add(change.Device);
        if (devices.Count == 0) _seen.Remove(change.From);
        return gone;
    }
}
