namespace Krewe.Core;

/// <summary>Names that several projects must agree on.</summary>
public static class KreweDefaults
{
    /// <summary>The grain storage provider of the users' small state.</summary>
    public const string GrainStorage = "krewe";

    /// <summary>The stream provider of the gateway streams, and their namespace.</summary>
    public const string GatewayStreams = "gw";
}
