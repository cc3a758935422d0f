using Krewe.Core.Draining;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Placement;

// Orleans marks placement filters as experimental; there is no other way to keep grains off a silo that still lives.
#pragma warning disable ORLEANSEXP004

namespace Krewe.Grains.Draining;

internal static class DrainServices
{
    /// <summary>On silos of every role: each places grains, and each drains.</summary>
    public static void AddDrain(this ISiloBuilder silo)
    {
        var services = silo.Services;
        services.AddOptions<DrainOptions>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DrainBoard>();
        services.TryAddSingleton<DrainNews>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(static provider => provider.GetRequiredService<DrainNews>());
        services.TryAddSingleton<DrainServiceClient>();
        services.TryAddSingleton<IClusterDrain>(static provider => provider.GetRequiredService<DrainServiceClient>());
        services.TryAddSingleton<ISiloDrain, SiloDrain>();
        services.TryAddSingleton<LocalUsers>();
        services.AddSingleton<IDrainStep>(static provider => provider.GetRequiredService<LocalUsers>());
        services.AddPlacementFilter<ServingSiloFilter, ServingSiloDirector>(ServiceLifetime.Singleton);
        silo.AddGrainService<DrainService>();
    }
}
