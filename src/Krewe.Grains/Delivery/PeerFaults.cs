using Krewe.Core.Errors;

namespace Krewe.Grains.Delivery;

/// <summary>What a sender hears when a recipient's grain does not answer.</summary>
internal static class PeerFaults
{
    public static readonly Fault Unreachable =
        Fault.Unavailable("The recipient's mailbox cannot be reached now; send it again under the same id.", TimeSpan.FromSeconds(1));
}
