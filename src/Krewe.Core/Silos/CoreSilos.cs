using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Metadata;
using Orleans.Placement;
using Orleans.Runtime.Placement;

// Orleans marks placement filters as experimental.
#pragma warning disable ORLEANSEXP004

namespace Krewe.Core.Silos;

/// <summary>Keeps a grain on the silos whose role is <see cref="SiloRoles.Core"/>; its placement strategy chooses among them.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CoreSilosAttribute() : PlacementFilterAttribute(new CoreSilos());

/// <summary>The filter behind <see cref="CoreSilosAttribute"/>. A silo tells its roles in the properties of its own grains.</summary>
/// <remarks>Every silo has every grain class and its own manifest of them, and Orleans takes no silo for a candidate whose manifest it does not have: so the role of
/// a candidate is always known. Orleans' silo metadata is fetched apart from the manifest; a failed fetch leaves a silo without a role until a later change of the membership.</remarks>
public sealed class CoreSilos() : PlacementFilterStrategy(order: 0)
{
    private const string Roles = "roles";
    private const string Property = $"{WellKnownGrainTypeProperties.PlacementFilter}.{nameof(CoreSilos)}.{Roles}";

    /// <summary>The roles of the silo that these are of. One of a version before roles did everything.</summary>
    internal static SiloRoles RolesIn(GrainProperties grain) =>
        grain.Properties.TryGetValue(Property, out var roles) && Enum.TryParse<SiloRoles>(roles, out var parsed) ? parsed : SiloRoles.Both;

    protected override IEnumerable<KeyValuePair<string, string>> GetAdditionalGrainProperties(
        IServiceProvider services, Type grainClass, GrainType grainType, IReadOnlyDictionary<string, string> existingProperties) =>
        [new(Roles, (services.GetService<LocalRoles>()?.Roles ?? SiloRoles.Both).ToString("D"))];
}

/// <inheritdoc cref="CoreSilos"/>
internal sealed class CoreSilosDirector(IClusterManifestProvider manifests) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var known = manifests.Current.Silos;
        return silos.Where(silo => known.TryGetValue(silo, out var manifest) && manifest.Grains.TryGetValue(target.GrainIdentity.Type, out var grain)
            && CoreSilos.RolesIn(grain).HasFlag(SiloRoles.Core));
    }
}

public static class CoreSilosExtensions
{
    /// <summary>Says what this silo does, and makes <see cref="CoreSilosAttribute"/> work. Told more than once, the first counts; not told, it is both.</summary>
    public static IServiceCollection AddSiloRoles(this IServiceCollection services, SiloRoles roles = SiloRoles.Both)
    {
        services.TryAddSingleton<ClusterRoles>();
        if (services.Any(static service => service.ServiceType == typeof(LocalRoles))) return services;
        return services.AddSingleton(new LocalRoles(roles)).AddPlacementFilter<CoreSilos, CoreSilosDirector>(ServiceLifetime.Transient);
    }
}
