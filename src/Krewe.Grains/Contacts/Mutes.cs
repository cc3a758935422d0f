using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Core.Errors;
using Krewe.Core.Limits;

namespace Krewe.Grains.Contacts;

/// <summary>Whose messages do not wake the user's devices. They arrive, and count as unread, as ever.</summary>
internal sealed class Mutes(RosterState state, LimitOptions limits, TimeProvider time)
{
    public ImmutableArray<Mute> All
    {
        get
        {
            var now = time.GetUtcNow();
            return [.. state.Mutes.Where(mute => Holds(mute.Value, now)).OrderBy(mute => mute.Key.Text, StringComparer.Ordinal).Select(mute => new Mute(mute.Key, mute.Value))];
        }
    }

    public bool Contains(Jid peer) => state.Mutes.Count > 0 && state.Mutes.TryGetValue(peer, out var until) && Holds(until, time.GetUtcNow());

    /// <summary>Mutes somebody, in place of what was. Null, or why that may not be.</summary>
    public Fault? Set(Mute mute)
    {
        var now = time.GetUtcNow();
        if (!Holds(mute.Until, now)) return Fault.BadRequest("until", "It lies in the past.");
        foreach (var (peer, until) in state.Mutes)
            if (!Holds(until, now)) state.Mutes.Remove(peer);
        if (!state.Mutes.ContainsKey(mute.Address) && state.Mutes.Count >= limits.Mutes)
            return new Fault(FaultCode.TooMany, $"A user mutes at most {limits.Mutes} addresses.") { Member = "mutes" };
        state.Mutes[mute.Address] = mute.Until;
        return null;
    }

    /// <returns>False if there was none.</returns>
    public bool Remove(Jid peer) => state.Mutes.Remove(peer);

    private static bool Holds(DateTimeOffset? until, DateTimeOffset now) => until is null || until > now;
}
