using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Core.Errors;
using Krewe.Core.Gateways;
using Krewe.Core.Presence;
using Krewe.Core.Users;
using Krewe.Grains.Contacts;
using Krewe.Grains.Presence;

namespace Krewe.Grains.Users;

// Subscriptions between two users' grains: what contacts send, and what is owed to them.
internal sealed partial class UserGrain
{
    private SubscriptionSender _subscriptions = null!;

    public async ValueTask<Outcome<Done>> ReceiveSubscriptionAsync(Jid from, SubscriptionStanza stanza)
    {
        // What ends a subscription reaches a disabled user too, or the two rosters would disagree.
        var isThere = IsActive || (IsDisabled && stanza != SubscriptionStanza.Subscribe);
        if (!isThere || (stanza == SubscriptionStanza.Subscribe && Contacts.IsBlocked(from)))
            return stanza == SubscriptionStanza.Subscribe ? Fault.UnknownAddress() : default(Done);
        _live.Metrics.Stanza(stanza);
        var before = Contacts.Find(from);
        if (Contacts.Receive(from, stanza, out var dirty) is { } refused) return refused;
        if (!dirty) return default(Done);
        var saved = await _roster.TrySaveAsync();
        if (saved.Fault is not null) return saved;
        Announce(new RosterChange(from, before, Contacts.Find(from)));
        _subscriptions.Start(from);
        return saved;
    }

    private void PrepareSubscriptions()
    {
        _subscriptions = new SubscriptionSender(
            peer => Contacts.Owed.Next(peer),
            (peer, stanza) => GrainFactory.GetGrain<IRosterGrain>(peer.Text).ReceiveSubscriptionAsync(_owner, stanza),
            SettleAsync,
            (peer, stanza, exception) => _live.Logger.StanzaFailed(exception, stanza, _owner, peer),
            _services.Time,
            _stopping);
        foreach (var peer in Contacts.Owed.Peers.ToArray()) _subscriptions.Start(peer);
    }

    /// <summary>The contact's side has answered.</summary>
    private async ValueTask<bool> SettleAsync(Jid peer, SubscriptionStanza stanza, Outcome<Done> answer)
    {
        // False: a later stanza, or the contact's own answer, has settled it already.
        if (!Contacts.Owed.Settle(peer, stanza)) return true;
        var before = Contacts.Find(peer);
        if (stanza == SubscriptionStanza.Subscribe && answer.Fault is null) Contacts.Confirm(peer);
        else if (stanza == SubscriptionStanza.Subscribe) Contacts.Abandon(peer);
        var saved = await _roster.TrySaveAsync();
        if (saved.Fault is not null) return false;
        // The contact knows by now that it may see the presence, so that it will not turn it away.
        if (stanza == SubscriptionStanza.Subscribed) await ShortlyAsync(TellAllAsync(peer));
        Announce(new RosterChange(peer, before, Contacts.Find(peer)));
        return true;
    }

    /// <summary>Tells the user's sessions how a contact has changed.</summary>
    private void Announce(RosterChange change)
    {
        if (change.LostSight) ForgetContact(change.Address);
        if (change.Announcement(PresenceOf(change.Address)) is { } contact) _sessions.PublishPresence(new ContactEvent(_owner, contact));
    }

    /// <summary>The contact's presence is no longer the user's to see.</summary>
    private void ForgetContact(Jid contact)
    {
        if (!_contactPresences.Forget(contact)) return;
        var gone = new PresenceChange(contact, "", PresenceState.Offline, PresenceState.Offline) { Snapshot = true };
        _sessions.PublishPresence(new PresenceEvent(_owner, gone));
    }
}
