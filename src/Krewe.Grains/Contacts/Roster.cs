using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Core.Errors;
using Krewe.Core.Limits;

namespace Krewe.Grains.Contacts;

/// <summary>A user's contacts, subscriptions and blocks: the rules, over the state that is kept. Every method changes memory alone; the caller saves.</summary>
internal sealed class Roster(RosterState state, LimitOptions limits)
{
    public OwedStanzas Owed { get; } = new(state.Owed);

    public IEnumerable<RosterEntry> Visible => state.Contacts.Values.Where(entry => entry.Visible);

    public IEnumerable<Jid> All => state.Contacts.Keys;

    public IReadOnlyCollection<Jid> Blocks => state.Blocks;

    /// <summary>Whose presence the user sees.</summary>
    public IEnumerable<Jid> Watched => state.Contacts.Keys.Where(Sees);

    /// <summary>Who sees the user's presence.</summary>
    public IEnumerable<Jid> Watchers => state.Contacts.Keys.Where(IsSeenBy);

    public RosterEntry? Find(Jid peer) => state.Contacts.GetValueOrDefault(peer);

    public bool IsBlocked(Jid peer) => state.Blocks.Contains(peer);

    public bool Sees(Jid peer) => Find(peer)?.State.SeesContact() == true && !IsBlocked(peer);

    public bool IsSeenBy(Jid peer) => Find(peer)?.State.SeenByContact() == true && !IsBlocked(peer);

    /// <summary>Stores name and groups (RFC 6121, section 2.3).</summary>
    public Fault? Set(Jid peer, string? name, ImmutableArray<string> groups)
    {
        if (TooBig(name, groups) is { } fault) return fault;
        var entry = Find(peer);
        if (entry is not { Listed: true } && ListIsFull() is { } full) return full;
        entry ??= new RosterEntry { Address = peer };
        Put(entry with { Name = name, Groups = Distinct(groups), Listed = true, Unconfirmed = false });
        return null;
    }

    /// <summary>The user asks for the contact's presence. A new contact stays out of sight until <see cref="Confirm"/>; name and groups of a known one are left alone until then.</summary>
    public Fault? Ask(Jid peer, string? name, ImmutableArray<string> groups)
    {
        if (TooBig(name, groups) is { } fault) return fault;
        var entry = Find(peer);
        if (entry is not { Listed: true })
        {
            if (ListIsFull() is { } full) return full;
            entry = (entry ?? new RosterEntry { Address = peer }) with { Name = name, Groups = Distinct(groups), Listed = true, Unconfirmed = true };
        }
        Put(entry with { State = SubscriptionTable.Outbound(entry.State, SubscriptionStanza.Subscribe).Next });
        Owed.Add(peer, SubscriptionStanza.Subscribe);
        return null;
    }

    /// <summary>The contact exists and has taken the request.</summary>
    public void Confirm(Jid peer)
    {
        if (Find(peer) is { Unconfirmed: true } entry) Put(entry with { Unconfirmed = false });
    }

    /// <summary>There is no such contact, or it blocks the user: as if it had never been asked.</summary>
    public void Abandon(Jid peer)
    {
        if (Find(peer) is not { } entry) return;
        if (entry.State.IsPendingOut()) entry = entry with { State = SubscriptionTable.Inbound(entry.State, SubscriptionStanza.Unsubscribed).Next };
        if (entry.Unconfirmed) entry = entry with { Listed = false, Unconfirmed = false, Name = null, Groups = [] };
        Put(entry);
    }

    /// <summary>The user answers a request that waits.</summary>
    public Fault? Answer(Jid peer, bool approve)
    {
        if (Find(peer) is not { } entry || !entry.State.IsPendingIn()) return NothingWaits;
        if (approve && !entry.Listed && ListIsFull() is { } full) return full;
        Send(entry with { Listed = entry.Listed || approve }, approve ? SubscriptionStanza.Subscribed : SubscriptionStanza.Unsubscribed);
        return null;
    }

    /// <summary>The user takes back what was granted.</summary>
    public Fault? Cancel(Jid peer)
    {
        if (Find(peer) is not { } entry || !entry.State.SeenByContact()) return NotGranted;
        Send(entry, SubscriptionStanza.Unsubscribed);
        return null;
    }

    /// <summary>The user no longer wants to see the contact's presence.</summary>
    public Fault? Unsubscribe(Jid peer)
    {
        if (Find(peer) is not { Visible: true } entry) return NoContact;
        Send(entry, SubscriptionStanza.Unsubscribe);
        return null;
    }

    /// <summary>Ends both directions and forgets the contact (RFC 6121, section 2.5).</summary>
    public Fault? Remove(Jid peer)
    {
        if (Find(peer) is not { Visible: true } entry) return NoContact;
        if (entry.State.SeesContact() || entry.State.IsPendingOut()) Owed.Add(peer, SubscriptionStanza.Unsubscribe);
        if (entry.State.SeenByContact() || entry.State.IsPendingIn()) Owed.Add(peer, SubscriptionStanza.Unsubscribed);
        state.Contacts.Remove(peer);
        return null;
    }

    /// <summary>The account goes: ends everything with everybody.</summary>
    public void Clear()
    {
        foreach (var entry in state.Contacts.Values)
        {
            // Both directions, whatever this side believes: nothing comes later to heal a difference.
            Owed.Add(entry.Address, SubscriptionStanza.Unsubscribe);
            Owed.Add(entry.Address, SubscriptionStanza.Unsubscribed);
        }
        state.Contacts.Clear();
        state.Blocks.Clear();
        state.Mutes.Clear();
    }

    /// <summary>The contact has sent a stanza. <paramref name="dirty"/> says whether there is something to save.</summary>
    public Fault? Receive(Jid peer, SubscriptionStanza stanza, out bool dirty)
    {
        dirty = false;
        var entry = Find(peer) ?? new RosterEntry { Address = peer };
        var step = SubscriptionTable.Inbound(entry.State, stanza);
        if (stanza == SubscriptionStanza.Subscribe && step.Passes && !entry.Listed && RequestsAreFull() is { } full) return full;
        if (step.Reply is { } reply)
        {
            Owed.Add(peer, reply);
            dirty = true;
        }
        // An answer proves that the request arrived, even if the call that carried it seemed to fail.
        if (stanza is SubscriptionStanza.Subscribed or SubscriptionStanza.Unsubscribed && Owed.Settle(peer, SubscriptionStanza.Subscribe))
        {
            entry = entry with { Unconfirmed = false };
            dirty = true;
        }
        if (stanza == SubscriptionStanza.Unsubscribe && Owed.Settle(peer, SubscriptionStanza.Subscribed)) dirty = true;
        if (!step.Passes && !dirty) return null;
        Put(entry with { State = step.Next });
        dirty = true;
        return null;
    }

    public Fault? Block(Jid peer)
    {
        if (!state.Blocks.Contains(peer) && state.Blocks.Count >= limits.Blocks)
            return TooMany("blocks", $"A user blocks at most {limits.Blocks} addresses.");
        state.Blocks.Add(peer);
        return null;
    }

    /// <summary>False if it was not blocked.</summary>
    public bool Unblock(Jid peer) => state.Blocks.Remove(peer);

    private static Fault NothingWaits => new(FaultCode.NotFound, "No request of this address waits for an answer.");

    private static Fault NotGranted => new(FaultCode.NotFound, "This address does not see your presence.");

    private static Fault NoContact => new(FaultCode.NotFound, "No contact has this address.");

    private void Send(RosterEntry entry, SubscriptionStanza stanza)
    {
        Put(entry with { State = SubscriptionTable.Outbound(entry.State, stanza).Next });
        Owed.Add(entry.Address, stanza);
    }

    private void Put(RosterEntry entry)
    {
        if (entry is { Listed: false, State: SubscriptionState.None }) state.Contacts.Remove(entry.Address);
        else state.Contacts[entry.Address] = entry;
    }

    private Fault? ListIsFull() => state.Contacts.Values.Count(entry => entry.Listed) < limits.Contacts
        ? null
        : TooMany("contacts", $"A roster has at most {limits.Contacts} contacts.");

    // A stranger must not be able to fill somebody else's roster.
    private Fault? RequestsAreFull() => state.Contacts.Values.Count(entry => !entry.Listed) < limits.PendingRequests
        ? null
        : TooMany("requests", $"At most {limits.PendingRequests} requests wait for a user's answer.");

    private Fault? TooBig(string? name, ImmutableArray<string> groups)
    {
        if (CharacterCount.Of(name) > limits.ContactNameLength)
            return new(FaultCode.TooLarge, $"A contact's name has at most {limits.ContactNameLength} characters.") { Member = "name" };
        if (groups.Length > limits.GroupsPerContact)
            return TooMany("groups", $"A contact is in at most {limits.GroupsPerContact} groups.");
        if (groups.Any(group => CharacterCount.Of(group) > limits.ContactNameLength))
            return new(FaultCode.TooLarge, $"A group's name has at most {limits.ContactNameLength} characters.") { Member = "groups" };
        return null;
    }

    private static ImmutableArray<string> Distinct(ImmutableArray<string> groups) => [.. groups.Distinct(StringComparer.Ordinal)];

    private static Fault TooMany(string bound, string message) => new(FaultCode.TooMany, message) { Member = bound };
}
