using Krewe.Core.Devices;
using Krewe.Core.Presence;

namespace Krewe.Grains.Users;

/// <summary>What is kept of a user's devices, by name.</summary>
[GenerateSerializer, Alias("krewe.DeviceState")]
internal sealed class DeviceState
{
    [Id(0)] public Dictionary<string, Device> Devices { get; set; } = [];

    /// <summary>What devices have said of their presence, where it is not simply "available".</summary>
    [Id(1)] public Dictionary<string, PresenceState> Said { get; set; } = [];
}
