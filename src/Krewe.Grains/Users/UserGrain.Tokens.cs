using Krewe.Core.Devices;
using Krewe.Core.Errors;
using Krewe.Grains.Push;

namespace Krewe.Grains.Users;

// Push tokens: each belongs to one device of one user, and who loses it is pushed no longer.
internal sealed partial class UserGrain : IPushTokenHolder
{
    // Whoever could not be told of a loss finds out by asking.
    private static readonly TimeSpan TokenCheck = TimeSpan.FromHours(1);
    private static readonly TimeSpan TokenTrouble = TimeSpan.FromSeconds(5);

    private static readonly Fault TokenUncertain =
        Fault.Unavailable("Whether another device has this token could not be settled now; register again.", TimeSpan.FromSeconds(1));

    // When a device's token was last known to be its own, by the monotonic clock.
    private readonly Dictionary<string, long> _tokensChecked = new(StringComparer.Ordinal);

    public async ValueTask<bool> LoseTokenAsync(string device, string tokenKey, long claim)
    {
        if (RegistrationOf(device) is not { } registration || PushTokenKey.Of(registration) != tokenKey) return true;
        if (_devices.Value.Claims.TryGetValue(device, out var own) && own > claim) return true;
        return (await UnregisterPushAsync(device, release: false)).Fault is null;
    }

    /// <summary>Makes sure that a registration's token is this device's.</summary>
    /// <returns>False: another device has it, and the registration is gone; null: not to be known now.</returns>
    private async ValueTask<bool?> HoldsTokenAsync(string device, PushRegistration registration, bool fresh)
    {
        if (PushTokenKey.Of(registration) is not { } key) return true;
        if (!fresh && _tokensChecked.TryGetValue(device, out var at) && _services.Time.GetElapsedTime(at) < TokenCheck) return true;
        var known = _devices.Value.Claims.GetValueOrDefault(device);
        long claim;
        try
        {
            claim = await GrainFactory.GetGrain<IPushTokenGrain>(key).ClaimAsync(new PushTokenClaim(_owner, device, registration.RegisteredAt, known, fresh));
        }
        catch (Exception exception)
        {
            LogTokenNotClaimed(exception, device, _owner);
            return null;
        }
        // Meanwhile the device may have registered anew, or lost its registration.
        if (RegistrationOf(device) is not { } current || PushTokenKey.Of(current) != key) return null;
        if (claim == 0) return (await UnregisterPushAsync(device, release: false)).Fault is null ? false : null;
        if (_devices.Value.Claims.GetValueOrDefault(device) != claim)
        {
            _devices.Value.Claims[device] = claim;
            if ((await _devices.TrySaveAsync()).Fault is not null) return null;
        }
        _tokensChecked[device] = _services.Time.GetTimestamp();
        return true;
    }

    /// <summary>Nobody depends on it: the next device that registers the token takes it over anyway.</summary>
    private async Task ReleaseTokenAsync(string device, PushRegistration registration)
    {
        if (PushTokenKey.Of(registration) is not { } key) return;
        try
        {
            await GrainFactory.GetGrain<IPushTokenGrain>(key).ReleaseAsync(_owner, device);
        }
        catch (Exception exception)
        {
            LogTokenNotReleased(exception, device, _owner);
        }
    }

    private void ForgetToken(string device)
    {
        _devices.Value.Claims.Remove(device);
        _tokensChecked.Remove(device);
    }
}
