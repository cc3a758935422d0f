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

    /// <summary>Devices whose token looked invalid at the last attempt.</summary>
    [Id(2)] public HashSet<string> Suspects { get; set; } = [];

    /// <summary>By which claim each registered device has its token; without one it is not certain yet that no other device has it.</summary>
    [Id(3)] public Dictionary<string, long> Claims { get; set; } = [];
}
