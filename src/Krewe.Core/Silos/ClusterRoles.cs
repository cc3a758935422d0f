using Krewe.Core.Users;

namespace Krewe.Core.Silos;

/// <summary>What the active silos of the cluster do, as far as this one knows.</summary>
public sealed class ClusterRoles(IClusterManifestProvider manifests, IGrainFactory grains)
{
    private readonly Lazy<GrainType> _user = new(() => grains.GetGrain<IMailboxGrain>("nobody").GetGrainId().Type);

    /// <summary>Does any silo run users?</summary>
    public bool AnyCore => manifests.Current.Silos.Keys.Any(silo => Of(silo)?.HasFlag(SiloRoles.Core) is true);

    /// <summary>Null: the silo is not active, or not known yet.</summary>
    public SiloRoles? Of(SiloAddress silo) =>
        manifests.Current.Silos.TryGetValue(silo, out var manifest) && manifest.Grains.TryGetValue(_user.Value, out var grain) ? CoreSilos.RolesIn(grain) : null;
}
