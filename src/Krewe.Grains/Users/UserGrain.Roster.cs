using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Core.Errors;
using Krewe.Core.Presence;
using Krewe.Core.Users;
using Krewe.Grains.Contacts;

namespace Krewe.Grains.Users;

// A user's contacts and blocks, as the user changes them.
internal sealed partial class UserGrain : IRosterGrain
{
    // How long a caller waits for the contact's side; what takes longer goes on in the background.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private Roster Contacts => new(_roster.Value, _services.Limits);

    public async ValueTask<ImmutableArray<Contact>> GetContactsAsync()
    {
        if (!IsActive) return [];
        await KnowContactsAsync();
        return [.. Contacts.Visible.OrderBy(entry => entry.Address.Text, StringComparer.Ordinal).Select(Describe)];
    }

    public async ValueTask<Outcome<Done>> SetContactAsync(Jid address, string? name, ImmutableArray<string> groups)
    {
        if (!IsActive) return NoAccount;
        if (CheckAddress(address) is { } fault) return fault;
        return await ChangeContactAsync(address, roster => roster.Set(address, name, OrNone(groups)));
    }

    public async ValueTask<Outcome<Done>> AddContactAsync(Jid address, string? name, ImmutableArray<string> groups)
    {
        if (!IsActive) return NoAccount;
        if (CheckAddress(address) is { } fault) return fault;
        if (!IsLocal(address)) return Fault.UnknownAddress();
        if (Contacts.Find(address)?.State.SeesContact() == true) return await SetContactAsync(address, name, groups);
        var asked = await AskAsync(address, name, OrNone(groups));
        if (asked.Fault is not null || Contacts.Find(address) is not { Listed: true } entry || SameLabels(entry, name, OrNone(groups))) return asked;
        return await SetContactAsync(address, name, groups);
    }

    public async ValueTask<Outcome<Done>> RemoveContactAsync(Jid address)
    {
        if (!IsActive) return NoAccount;
        return await SendAfterAsync(address, roster => roster.Remove(address), SubscriptionStanza.Unsubscribe, SubscriptionStanza.Unsubscribed);
    }

    public async ValueTask<Outcome<Done>> SendSubscriptionAsync(Jid peer, SubscriptionStanza stanza)
    {
        if (!IsActive) return NoAccount;
        if (CheckAddress(peer) is { } fault) return fault;
        return stanza switch
        {
            SubscriptionStanza.Subscribe when !IsLocal(peer) => Fault.UnknownAddress(),
            SubscriptionStanza.Subscribe => await AskAsync(peer, Contacts.Find(peer)?.Name, Contacts.Find(peer)?.Groups ?? []),
            SubscriptionStanza.Unsubscribe => await SendAfterAsync(peer, roster => roster.Unsubscribe(peer), stanza),
            SubscriptionStanza.Subscribed => await SendAfterAsync(peer, roster => roster.Answer(peer, approve: true), stanza),
            SubscriptionStanza.Unsubscribed => await SendAfterAsync(peer, roster => roster.Answer(peer, approve: false), stanza),
            _ => Fault.BadRequest("stanza", "There is no such subscription stanza."),
        };
    }

    public async ValueTask<Outcome<Done>> CancelSubscriptionAsync(Jid peer)
    {
        if (!IsActive) return NoAccount;
        return await SendAfterAsync(peer, roster => roster.Cancel(peer), SubscriptionStanza.Unsubscribed);
    }

    public ValueTask<ImmutableArray<Jid>> GetBlocksAsync() =>
        ValueTask.FromResult<ImmutableArray<Jid>>(IsActive ? [.. Contacts.Blocks.OrderBy(address => address.Text, StringComparer.Ordinal)] : []);

    public async ValueTask<Outcome<Done>> BlockAsync(Jid address)
    {
        if (!IsActive) return NoAccount;
        if (CheckAddress(address) is { } fault) return fault;
        if (Contacts.IsBlocked(address)) return default(Done);
        if (Contacts.Block(address) is { } full) return full;
        var saved = await _roster.TrySaveAsync();
        if (saved.Fault is not null) return saved;
        ForgetContact(address);
        if (Contacts.Find(address)?.State.SeenByContact() == true) await ShortlyAsync(TellAllAsync(address));
        return saved;
    }

    public async ValueTask<Outcome<Done>> UnblockAsync(Jid address)
    {
        if (!IsActive) return NoAccount;
        if (!Contacts.Unblock(address)) return default(Done);
        var saved = await _roster.TrySaveAsync();
        if (saved.Fault is not null) return saved;
        if (Contacts.IsSeenBy(address)) await ShortlyAsync(TellAllAsync(address));
        if (Contacts.Sees(address)) await ShortlyAsync(ProbeContactAsync(address));
        return saved;
    }

    /// <summary>The account goes: ends every subscription in both directions, tells the peers, forgets contacts and blocks.</summary>
    private async Task EndRosterAsync()
    {
        Contacts.Clear();
        _devices.Value.Said.Clear();
        await _roster.SaveAsync();
        foreach (var peer in Contacts.Owed.Peers.ToArray()) _subscriptions.Start(peer);
        // Who cannot be reached in time is told by the next activation: by then the state says only what is owed.
        await Task.WhenAny(_subscriptions.Idle, Task.Delay(Patience, _services.Time));
    }

    /// <summary>Asks for the contact's presence and waits for what its side says.</summary>
    private async ValueTask<Outcome<Done>> AskAsync(Jid address, string? name, ImmutableArray<string> groups)
    {
        if (Contacts.Ask(address, name, groups) is { } refused) return refused;
        var saved = await _roster.TrySaveAsync();
        return saved.Fault is null ? await _subscriptions.SendAsync(address, SubscriptionStanza.Subscribe, Patience) : saved;
    }

    /// <summary>Changes the roster, then waits for the contact to take what that made: its answer changes nothing.</summary>
    private async ValueTask<Outcome<Done>> SendAfterAsync(Jid peer, Func<Roster, Fault?> change, params SubscriptionStanza[] stanzas)
    {
        var changed = await ChangeContactAsync(peer, change);
        if (changed.Fault is not null) return changed;
        await Task.WhenAll(stanzas.Select(stanza => _subscriptions.SendAsync(peer, stanza, Patience)));
        return default(Done);
    }

    private async ValueTask<Outcome<Done>> ChangeContactAsync(Jid peer, Func<Roster, Fault?> change)
    {
        var before = Contacts.Find(peer);
        if (change(Contacts) is { } fault) return fault;
        var saved = await _roster.TrySaveAsync();
        if (saved.Fault is null) Announce(new RosterChange(peer, before, Contacts.Find(peer)));
        return saved;
    }

    private Contact Describe(RosterEntry entry) => entry.AsContact(PresenceOf(entry.Address));

    private PresenceState? PresenceOf(Jid contact) =>
        Contacts.IsBlocked(contact) ? null : _contactPresences.Overall(contact) ?? PresenceState.Offline;

    private bool IsLocal(Jid address) => address.Domain.Equals(_services.Domain, StringComparison.OrdinalIgnoreCase);

    private Fault? CheckAddress(Jid address)
    {
        if (address == _owner) return Fault.BadRequest("address", "This is your own address.");
        return address.IsBare && !address.Local.IsEmpty ? null : Fault.BadRequest("address", "A user's bare address is wanted.");
    }

    private static bool SameLabels(RosterEntry entry, string? name, ImmutableArray<string> groups) =>
        entry.Name == name && entry.Groups.SequenceEqual(groups);

    private static ImmutableArray<string> OrNone(ImmutableArray<string> groups) => groups.IsDefault ? [] : groups;
}
