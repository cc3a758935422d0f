using Krewe.Grains.Sessions;
using Microsoft.Extensions.Logging;

namespace Krewe.Grains.Presence;

/// <summary>What the live side of every user's grain of a silo shares.</summary>
internal sealed class PresenceServices(ILocalSiloDetails silo, SiloWatch watch, PresenceMetrics metrics, ILogger<PresenceServices> logger)
{
    /// <summary>This silo.</summary>
    public SiloAddress Core { get; } = silo.SiloAddress;
    public SiloWatch Watch { get; } = watch;
    public PresenceMetrics Metrics { get; } = metrics;
    public ILogger Logger { get; } = logger;
}
