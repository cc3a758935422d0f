namespace Krewe.Server.Clustering;

/// <summary>What this process does, <c>Krewe</c>.</summary>
internal sealed class RoleOptions
{
    public const string Both = "gateway,core";

    /// <summary>What this silo does: hold connections (`gateway`), run users (`core`). With embedded storage it is one process that does both. Default: `gateway,core`.</summary>
    public string Roles { get; set; } = Both;

    public bool AreBoth => Roles.Split(',', StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal).SequenceEqual(["core", "gateway"]);
}
