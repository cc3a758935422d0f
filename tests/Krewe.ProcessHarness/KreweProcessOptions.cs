namespace Krewe.ProcessHarness;

/// <summary>How a server is started for a test.</summary>
public sealed record KreweProcessOptions
{
    /// <summary>The data path; null for a new temporary folder, which goes when the process is disposed of.</summary>
    public string? DataPath { get; init; }

    /// <summary>Further arguments, such as <c>--Krewe:Limits:SendRate=1000</c>. They win over the harness's own.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Environment variables, such as <c>Krewe__Domain</c>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>A program that runs the server in its own place, with its arguments, such as <c>ip netns exec verona</c>. It must become the server, so that signals reach it.</summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];

    /// <summary>Port of the clients' listener; 0 for a free one.</summary>
    public int HttpPort { get; init; }

    /// <summary>Port of the admin listener; 0 for a free one.</summary>
    public int AdminPort { get; init; }

    /// <summary>How long the server may take until its summary line.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
