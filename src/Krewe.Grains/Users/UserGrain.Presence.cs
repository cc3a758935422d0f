using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Core.Errors;
using Krewe.Core.Limits;
using Krewe.Core.Gateways;
using Krewe.Core.Presence;
using Krewe.Core.Users;
using Krewe.Grains.Contacts;
using Krewe.Grains.Presence;

namespace Krewe.Grains.Users;

// A user's presence: what goes out to the contacts, and what comes in from them.
internal sealed partial class UserGrain
{
    private readonly ContactPresences _contactPresences = new();
    private PresenceMap _presence = null!;
    private PresenceOutbox _presenceOutbox = null!;
    private PresenceState _lastOverall = PresenceState.Offline;

    // The contacts have heard from this activation.
    private bool _spoken;

    // Clients that came over from an activation that is gone may still show contacts that went offline meanwhile.
    private bool _clientsMayBeWrong;

    public ValueTask<Outcome<Done>> SetPresenceAsync(string device, PresenceState presence)
    {
        if (!IsActive) return new(NoAccount);
        if (CharacterCount.Of(presence.Status) > _services.Limits.StatusLength)
            return new(new Fault(FaultCode.TooLarge, $"A status has at most {_services.Limits.StatusLength} characters.") { Member = "status" });
        if (Touch(device) is { } fault) return new(fault);
        if (_presence.Say(device, presence)) Broadcast(device);
        SaveSaid();
        return new(default(Done));
    }

    public ValueTask ReceivePresenceAsync(PresenceChange change)
    {
        if (!IsActive || !Contacts.Sees(change.From)) return default;
        var news = _contactPresences.Apply(change);
        if (change.Core is { } core && change.Overall.Show != Show.Offline) Watch(core);
        if (news.OverallChanged || (news.First && _clientsMayBeWrong)) _sessions.PublishPresence(new PresenceEvent(_owner, change));
        else if (news.DeviceChanged) _sessions.PublishDevices(new PresenceEvent(_owner, change) { OverallChanged = false });
        return default;
    }

    public async ValueTask ProbeAsync(Jid from)
    {
        // A disabled user's subscriptions are all there, for later; until then contacts see nothing.
        if (IsDisabled) return;
        // Who believes to be subscribed and is not learns it here, so that the two rosters agree again (RFC 6121, section 4.3.2).
        if (!IsActive || Contacts.Find(from)?.State.SeenByContact() != true)
            await GrainFactory.GetGrain<IRosterGrain>(from.Text).ReceiveSubscriptionAsync(_owner, SubscriptionStanza.Unsubscribed);
        else
            await ShortlyAsync(TellAllAsync(from));
    }

    private void PreparePresence()
    {
        _presence = new PresenceMap(_services.Time, _services.Limits.Devices);
        foreach (var (device, state) in _devices.Value.Said) _presence.Say(device, state);
        _presenceOutbox = new PresenceOutbox(
            ChangesFor,
            async (contact, change) =>
            {
                await GrainFactory.GetGrain<ISessionGrain>(contact.Text).ReceivePresenceAsync(change);
                _live.Metrics.Sent();
            },
            (contact, exception, again) =>
            {
                _live.Metrics.Failed(again);
                _live.Logger.PresenceFailed(exception, _owner, contact, again);
            },
            _services.Time,
            _stopping);
    }

    /// <summary>Shows a changed device to everybody who may see it.</summary>
    private void Broadcast(string device)
    {
        // What an activation says first makes its contacts forget what one before it said.
        if (!_spoken) TellEverybody();
        else foreach (var contact in Contacts.Watchers) _presenceOutbox.Add(contact, device);
        var overall = _presence.Overall;
        var overallChanged = !PresenceMap.Same(overall, _lastOverall);
        _lastOverall = overall;
        var own = new PresenceEvent(_owner, Own(device, _presence.StateOf(device), overall)) { OverallChanged = overallChanged };
        foreach (var session in _sessions.Sessions)
        {
            // A native device need not be told what it said itself, nor what does not change the person as a whole.
            var wants = session.Wants.HasFlag(SessionWants.Devices) || (overallChanged && session.Device != device);
            if (wants && session.Wants.HasFlag(SessionWants.Presence)) _sessions.PublishTo(session, own);
        }
    }

    private void TellEverybody()
    {
        _spoken = true;
        foreach (var contact in Contacts.Watchers) _ = TellAllAsync(contact);
    }

    /// <summary>Everything that one contact may see of this user's presence; "offline" if that is nothing.</summary>
    private Task TellAllAsync(Jid contact) => _presenceOutbox.AddAll(contact);

    private PresenceChange[] ChangesFor(Jid contact, IReadOnlySet<string>? devices)
    {
        var seen = Contacts.IsSeenBy(contact);
        var overall = _presence.Overall;
        if (devices is not null) return seen ? [.. devices.Select(device => Own(device, _presence.StateOf(device), overall))] : [];
        PresenceChange[] picture = seen ? [.. OwnPicture()] : [];
        return picture.Length > 0 ? picture : [Own("", PresenceState.Offline, PresenceState.Offline) with { Snapshot = true }];
    }

    private IEnumerable<PresenceChange> OwnPicture()
    {
        var overall = _presence.Overall;
        return _presence.Available.Select((device, index) => Own(device.Device, device.State, overall) with { Snapshot = index == 0 });
    }

    private PresenceChange Own(string device, PresenceState state, PresenceState overall) => new(_owner, device, state, overall) { Core = _live.Core };

    /// <summary>What devices said is kept on disk, so that nobody who hid is shown when a silo dies. Not waited for: presence works without the store.</summary>
    private void SaveSaid()
    {
        var said = _presence.Said.Where(device => !PresenceMap.Same(device.State, PresenceState.Available)).ToDictionary(device => device.Device, device => device.State);
        var saved = _devices.Value.Said;
        if (said.Count == saved.Count && said.All(device => saved.TryGetValue(device.Key, out var state) && PresenceMap.Same(state, device.Value))) return;
        _devices.Value.Said = said;
        _ = _devices.TrySaveAsync().AsTask();
    }

    /// <summary>Takes words from the disk that no longer count. If a silo dies before, they count once more: better hidden too long than shown too soon.</summary>
    private async Task ForgetWordsLaterAsync()
    {
        if (await PauseAsync(PresenceMap.Memory + TimeSpan.FromSeconds(1))) SaveSaid();
    }
}
