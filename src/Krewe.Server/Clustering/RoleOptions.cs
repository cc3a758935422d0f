using Krewe.Core.Silos;

namespace Krewe.Server.Clustering;

/// <summary>What this process does, <c>Krewe</c>.</summary>
internal sealed class RoleOptions
{
    public const string Gateway = "gateway";
    public const string Core = "core";
    public const string Both = $"{Gateway},{Core}";

    /// <summary>What this silo does: hold connections (`gateway`), run users (`core`), or both, divided by a comma. A split needs PostgreSQL, and at least one silo of each role. Default: `gateway,core`.</summary>
    public string Roles { get; set; } = Both;

    /// <summary>Null: it is not one of the three.</summary>
    public static SiloRoles? Parse(string text)
    {
        var roles = SiloRoles.None;
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var role = word switch { Gateway => SiloRoles.Gateway, Core => SiloRoles.Core, _ => SiloRoles.None };
            // A word that is there twice is a mistake for another one.
            if (role == SiloRoles.None || roles.HasFlag(role)) return null;
            roles |= role;
        }
        return roles;
    }

    public static string Text(SiloRoles roles) => roles switch { SiloRoles.Gateway => Gateway, SiloRoles.Core => Core, _ => Both };
}
