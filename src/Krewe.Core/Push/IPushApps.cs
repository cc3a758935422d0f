using Krewe.Core.Devices;
using Krewe.Core.Errors;

namespace Krewe.Core.Push;

/// <summary>Which apps this server can push to.</summary>
public interface IPushApps
{
    /// <summary>What is wrong with a registration; null: a push could be sent, or push is not configured at all.</summary>
    Fault? Check(PushRegistration registration);
}
