using Krewe.Core.Devices;

namespace Krewe.Grains.Users;

/// <summary>What is kept of a user's devices, by name.</summary>
[GenerateSerializer, Alias("krewe.DeviceState")]
internal sealed class DeviceState
{
    [Id(0)] public Dictionary<string, Device> Devices { get; set; } = [];
}
