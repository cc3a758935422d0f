using Krewe.Core.Devices;

namespace Krewe.Grains.Push;

/// <summary>A device that can be woken, and what this activation knows of its row in the outbox.</summary>
internal sealed class PushTarget(string device, PushRegistration registration)
{
    public string Device { get; } = device;

    public PushRegistration Registration { get; set; } = registration;

    /// <summary>The newest message that its row is about; 0: none waits; null: not known, because an earlier activation may have left one.</summary>
    public long? Waiting { get; set; }

    /// <summary>A row that clears was put and has not been sent, as far as is known.</summary>
    public bool Clearing { get; set; }
}
