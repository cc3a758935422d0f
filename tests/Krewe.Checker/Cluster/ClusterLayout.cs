namespace Krewe.Checker.Cluster;

/// <summary>Which silos there are, and what they do.</summary>
internal sealed record ClusterLayout(IReadOnlyList<SiloPlace> Silos)
{
    /// <summary>Two core silos and two gateways.</summary>
    public static ClusterLayout Split { get; } = new([new("core1", "core"), new("core2", "core"), new("gateway1", "gateway"), new("gateway2", "gateway")]);

    /// <summary>Three silos that do both.</summary>
    public static ClusterLayout Both { get; } = new([new("silo1", "gateway,core"), new("silo2", "gateway,core"), new("silo3", "gateway,core")]);

    public static ClusterLayout Named(string name) => name switch
    {
        "split" => Split,
        "both" => Both,
        _ => throw new ArgumentException($"There is no layout '{name}'; there are split and both."),
    };
}

/// <summary>A silo's name and its <c>Krewe:Roles</c>.</summary>
internal sealed record SiloPlace(string Name, string Roles)
{
    public bool IsCore => Roles.Contains("core", StringComparison.Ordinal);

    public bool IsGateway => Roles.Contains("gateway", StringComparison.Ordinal);
}
