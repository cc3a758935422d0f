using Krewe.Core.Devices;

namespace Krewe.Core.Push;

/// <summary>Speaks to one push service. One attempt a call: repeating, pausing and forgetting is the worker's part.</summary>
public interface IPushSender
{
    PushPlatform Platform { get; }

    /// <summary>True if this sender has credentials for the registration's app.</summary>
    bool Serves(string app);

    /// <summary>Makes one attempt. Never throws for what the service or the network does.</summary>
    ValueTask<PushOutcome> SendAsync(PushNotice notice, CancellationToken cancellationToken);
}
