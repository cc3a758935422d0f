using Krewe.Core;
using Krewe.Core.Accounts;
using Krewe.Core.Administration;
using Krewe.Core.Limits;
using Krewe.Core.Push;
using Krewe.Core.Silos;
using Krewe.Core.Users;
using Krewe.Grains.Administration;
using Krewe.Grains.Delivery;
using Krewe.Grains.Draining;
using Krewe.Grains.Presence;
using Krewe.Grains.Sessions;
using Krewe.Grains.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Krewe.Grains;

/// <summary>Puts the users' grains on a silo.</summary>
public static class KreweGrainsExtensions
{
    /// <summary>A core silo needs an <c>IMailboxStore</c>, grain storage named <see cref="KreweDefaults.GrainStorage"/>, an <c>IClusterSecret</c> and an
    /// <c>IGatewayPublisher</c>. A silo that is only a gateway knows the grains and runs none of them.</summary>
    public static ISiloBuilder AddKreweGrains(this ISiloBuilder silo, SiloRoles roles = SiloRoles.Both)
    {
        silo.AddDrain();
        var services = silo.Services.AddSiloRoles(roles);
        services.TryAddSingleton<UserGrains>();
        services.AddOptions<TrailOptions>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SiloActivity>();
        services.TryAddSingleton<MessageTrail>();
        if (!roles.HasFlag(SiloRoles.Core)) return silo;
        services.AddOptions<DomainOptions>();
        services.AddOptions<LimitOptions>();
        services.AddOptions<ScramOptions>();
        services.AddOptions<PushPolicyOptions>();
        services.AddMetrics();
        services.TryAddSingleton<BroadcastPost>();
        services.TryAddSingleton<ICourier, GrainCourier>();
        services.TryAddSingleton<UserMetrics>();
        services.TryAddSingleton<UserServices>();
        services.TryAddSingleton<PresenceMetrics>();
        services.TryAddSingleton<PresenceServices>();
        services.TryAddSingleton<SiloWatch>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SiloWatch>());
        return silo;
    }

    /// <summary>Has a stop begin with the drain. To be called after all services that a drain needs: what comes last is told first.</summary>
    public static IServiceCollection AddKreweDrainAtStop(this IServiceCollection services) => services.AddHostedService<DrainAtStop>();
}
