using System.Collections.Immutable;
using Krewe.Core.Devices;
using Krewe.Core.Errors;

namespace Krewe.Core.Users;

/// <summary>A user's devices and how to wake them.</summary>
[Alias("krewe.IDeviceGrain")]
public interface IDeviceGrain : IGrainWithStringKey
{
    [Alias("GetDevices")]
    ValueTask<ImmutableArray<Device>> GetDevicesAsync();

    /// <summary>Registers a device for push, in place of what was; the device need not have signed in before.</summary>
    [Alias("SetPush")]
    ValueTask<Outcome<Done>> SetPushAsync(string device, PushRegistration registration);

    /// <summary>Null if there is none.</summary>
    [Alias("GetPush")]
    ValueTask<PushRegistration?> GetPushAsync(string device);

    /// <summary>Idempotent.</summary>
    [Alias("RemovePush")]
    ValueTask<Outcome<Done>> RemovePushAsync(string device);
}
