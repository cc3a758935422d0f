namespace Krewe.Core.Silos;

/// <summary>What a silo does.</summary>
[Flags]
public enum SiloRoles
{
    None = 0,
    /// <summary>It holds clients' connections.</summary>
    Gateway = 1,
    /// <summary>It runs users' grains, and writes their mailboxes.</summary>
    Core = 2,
    Both = Gateway | Core,
}

/// <summary>What this silo does.</summary>
public sealed record LocalRoles(SiloRoles Roles)
{
    public bool IsGateway => Roles.HasFlag(SiloRoles.Gateway);

    public bool IsCore => Roles.HasFlag(SiloRoles.Core);
}
