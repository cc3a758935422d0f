using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Errors;
using Krewe.Core.Push;
using Krewe.Core.Users;
using Krewe.Grains.Mailboxes;
using Krewe.Grains.Push;

namespace Krewe.Grains.Users;

// A user's pushes: what waits for a device, what it is told, and what it shows.
internal sealed partial class UserGrain : IPushGrain
{
    private static readonly TimeSpan StoreTrouble = TimeSpan.FromSeconds(1);

    private PushActivity _activity = null!;
    private PushPlanner _planner = null!;
    private PushComposer _composer = null!;
    private UnreadCounter _unread = null!;

    public async ValueTask<PushPlan> PreparePushAsync(PendingPush pending)
    {
        if (!IsActive || RegistrationOf(pending.Device) is not { } registration) return PushPlan.Needless;
        try
        {
            var holds = await HoldsTokenAsync(pending.Device, registration, fresh: false);
            if (holds is null) return new PushPlan(null, _services.Time.GetUtcNow() + TokenTrouble);
            return holds.Value ? await _composer.PrepareAsync(pending, registration) : PushPlan.Needless;
        }
        catch (Exception exception) when (IsStoreTrouble(exception))
        {
            return new PushPlan(null, _services.Time.GetUtcNow() + StoreTrouble);
        }
    }

    public async ValueTask PushSentAsync(string device, PushKind kind, long seq)
    {
        if (!IsActive) return;
        await _mailbox.ChangePushesAsync(state => _planner.Sent(state, device, kind, seq, _mailbox.Last));
        if (_devices.Value.Suspects.Remove(device)) await _devices.TrySaveAsync();
    }

    public async ValueTask PushTokenDeadAsync(string device, string token, DateTimeOffset? deadSince)
    {
        if (RegistrationOf(device) is not { } registration || registration.Token != token || registration.RegisteredAt > deadSince) return;
        await UnregisterPushAsync(device);
    }

    public async ValueTask<bool> PushTokenSuspectAsync(string device, string token)
    {
        if (RegistrationOf(device) is not { } registration) return true;
        if (registration.Token != token) return false;
        if (!_devices.Value.Suspects.Add(device)) return (await UnregisterPushAsync(device)).Fault is null;
        await _devices.TrySaveAsync();
        return false;
    }

    private PushRegistration? RegistrationOf(string device) => _devices.Value.Devices.GetValueOrDefault(device)?.Push;

    private bool IsSilenced(Jid address) => _roster.Value.Blocks.Contains(address) || Mutes.Contains(address);

    private PushPlanner PreparePushes()
    {
        _activity = new PushActivity(_services.Push, _presence.IsIdle, _services.Time);
        _planner = new PushPlanner(_owner, _services.Push, _activity, IsSilenced, _services.Time);
        _planner.SetTargets(_devices.Value.Devices.Values);
        return _planner;
    }

    private async ValueTask<Outcome<Done>> RegisterPushAsync(string device, PushRegistration registration)
    {
        var before = RegistrationOf(device);
        var sameToken = before is not null && PushTokenKey.Of(before) == PushTokenKey.Of(registration);
        _devices.Value.Devices[device] = _devices.Value.Devices[device] with { Push = registration };
        _devices.Value.Suspects.Remove(device);
        if (!sameToken) ForgetToken(device);
        // First of all: from here on whoever takes the token away takes it from this registration.
        var saved = await SaveRegistrationsAsync();
        if (saved.Fault is not null) return saved;
        if (await HoldsTokenAsync(device, registration, fresh: true) is null) return TokenUncertain;
        // What waits goes to the registration that it finds.
        if (before is null || sameToken) return saved;
        await ReleaseTokenAsync(device, before);
        return await ChangeRowsAsync(state => _planner.Renewed(state, device, before, _mailbox.Last));
    }

    /// <summary>Idempotent.</summary>
    /// <param name="release">The token is not known to be another device's.</param>
    private async ValueTask<Outcome<Done>> UnregisterPushAsync(string device, bool release = true)
    {
        if (_devices.Value.Devices.GetValueOrDefault(device) is not { Push: { } registration } known) return default(Done);
        _devices.Value.Devices[device] = known with { Push = null };
        _devices.Value.Suspects.Remove(device);
        ForgetToken(device);
        var saved = await SaveRegistrationsAsync();
        if (saved.Fault is null && release) await ReleaseTokenAsync(device, registration);
        // A row that could not be taken away is found needless when it is due.
        if (saved.Fault is null && IsActive) await ChangeRowsAsync(state => PushPlanner.Removed(state, device));
        return saved;
    }

    /// <summary>The account goes, and with its mailbox the rows went already.</summary>
    private async Task EndPushesAsync()
    {
        var registered = _devices.Value.Devices.Values.Where(device => device.Push is not null).ToArray();
        _devices.Value.Devices.Clear();
        _devices.Value.Suspects.Clear();
        _devices.Value.Claims.Clear();
        _planner.SetTargets([]);
        await _devices.SaveAsync();
        await Task.WhenAll(registered.Select(device => ReleaseTokenAsync(device.Name, device.Push!)));
    }

    private async ValueTask<Outcome<Done>> SaveRegistrationsAsync()
    {
        var saved = await _devices.TrySaveAsync();
        _planner.SetTargets(_devices.Value.Devices.Values);
        return saved;
    }

    private async ValueTask<Outcome<Done>> ChangeRowsAsync(Func<MailboxState, ImmutableArray<PushWrite>?> change)
    {
        try
        {
            await _mailbox.ChangePushesAsync(change);
            return default(Done);
        }
        catch (Exception exception) when (IsStoreTrouble(exception))
        {
            return Mailbox.FaultOf(exception);
        }
    }
}
