using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using static Krewe.Core.Contacts.SubscriptionStanza;

namespace Krewe.Grains.Contacts;

/// <summary>The stanzas that contacts have not taken yet. What a later stanza makes void is dropped, so that four a contact are the most that wait.</summary>
internal readonly struct OwedStanzas(Dictionary<Jid, ImmutableArray<SubscriptionStanza>> owed)
{
    public IEnumerable<Jid> Peers => owed.Keys;

    public SubscriptionStanza? Next(Jid peer) => owed.TryGetValue(peer, out var stanzas) ? stanzas[0] : null;

    public void Add(Jid peer, SubscriptionStanza stanza)
    {
        var waiting = owed.GetValueOrDefault(peer, []);
        if (stanza is Unsubscribe or Unsubscribed)
            waiting = [.. waiting.Where(other => !SameDirection(other, stanza))];
        else if (waiting.LastOrDefault(other => SameDirection(other, stanza)) == stanza)
            return;
        owed[peer] = waiting.Add(stanza);
    }

    /// <summary>The contact has taken it, or never will: false if it was not the next one (a later one has made it void).</summary>
    public bool Settle(Jid peer, SubscriptionStanza stanza)
    {
        if (Next(peer) != stanza) return false;
        var rest = owed[peer].RemoveAt(0);
        if (rest.IsEmpty) owed.Remove(peer);
        else owed[peer] = rest;
        return true;
    }

    private static bool SameDirection(SubscriptionStanza a, SubscriptionStanza b) => (a is Subscribe or Unsubscribe) == (b is Subscribe or Unsubscribe);
}
