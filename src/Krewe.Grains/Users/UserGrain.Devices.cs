using System.Collections.Immutable;
using Krewe.Core.Devices;
using Krewe.Core.Errors;
using Krewe.Core.Users;

namespace Krewe.Grains.Users;

// A user's devices: when each was last seen, and how to wake it.
internal sealed partial class UserGrain : IDeviceGrain
{
    // Last seen is shown to the minute; on disk it may be older, so that a busy user costs a write in ten minutes.
    private static readonly TimeSpan LastSeenWriteInterval = TimeSpan.FromMinutes(10);

    private bool _lastSeenChanged;
    private DateTimeOffset _lastSeenSavedAt;

    public ValueTask<ImmutableArray<Device>> GetDevicesAsync() =>
        ValueTask.FromResult<ImmutableArray<Device>>([.. _devices.Value.Devices.Values.OrderBy(device => device.Name, StringComparer.Ordinal)]);

    public ValueTask<PushRegistration?> GetPushAsync(string device) =>
        ValueTask.FromResult(_devices.Value.Devices.GetValueOrDefault(device)?.Push);

    public async ValueTask<Outcome<Done>> SetPushAsync(string device, PushRegistration registration)
    {
        if (!IsActive) return NoAccount;
        if (Touch(device) is { } fault) return fault;
        return await RegisterPushAsync(device, registration);
    }

    public async ValueTask<Outcome<Done>> RemovePushAsync(string device) => await UnregisterPushAsync(device);

    /// <summary>Notes in memory that a device is there; null, or why it may not be.</summary>
    /// <param name="makeRoom">In place of the one that is away for longest, unless it is to be woken: many XMPP clients have a new resource each time.</param>
    private Fault? Touch(string device, bool makeRoom = false)
    {
        var now = _services.Time.GetUtcNow();
        var all = _devices.Value.Devices;
        if (all.TryGetValue(device, out var known))
        {
            if (now - known.LastSeen < TimeSpan.FromMinutes(1) && now >= known.LastSeen) return null;
        }
        else if (all.Count >= _services.Limits.Devices && !(makeRoom && TryForgetDevice()))
        {
            return new Fault(FaultCode.TooMany, $"A user has at most {_services.Limits.Devices} devices.") { Member = "device" };
        }
        var minute = new DateTimeOffset(now.Ticks - now.Ticks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
        all[device] = known is null ? new Device { Name = device, LastSeen = minute } : known with { LastSeen = minute };
        _lastSeenChanged = true;
        return null;
    }

    private bool TryForgetDevice()
    {
        var all = _devices.Value.Devices;
        var away = all.Values.Where(device => device.Push is null && _sessions.Sessions.All(session => session.Device != device.Name)).MinBy(device => device.LastSeen);
        return away is not null && all.Remove(away.Name);
    }

    private async Task SaveLastSeenAsync()
    {
        if (!_lastSeenChanged || !IsActive) return;
        _lastSeenChanged = false;
        _lastSeenSavedAt = _services.Time.GetUtcNow();
        // Losing the minutes since the last write harms nobody: no answer, no retry.
        await _devices.TrySaveAsync();
    }

    private bool LastSeenIsDue => _lastSeenChanged && _services.Time.GetUtcNow() - _lastSeenSavedAt >= LastSeenWriteInterval;
}
