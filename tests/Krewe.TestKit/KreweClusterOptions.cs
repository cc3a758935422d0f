using Krewe.Core.Silos;
using Krewe.TestKit.Push;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Krewe.TestKit;

/// <summary>How a <see cref="KreweCluster"/> is made.</summary>
public sealed class KreweClusterOptions
{
    /// <summary>How many silos there are at first, 1 to 16. Default: 1.</summary>
    public int Silos { get; set; } = 1;

    /// <summary>What a silo does, by its number. Default: every silo is gateway and core.</summary>
    public Func<int, SiloRoles> Roles { get; set; } = static _ => SiloRoles.Both;

    /// <summary>The domain of the users' addresses. Default: localhost.</summary>
    public string Domain { get; set; } = "localhost";

    /// <summary>Whether the cluster's clock runs by itself. False: it moves by <see cref="TestClock.Advance"/> alone, and so does every pause before a retry.
    /// Default: true.</summary>
    public bool ClockRuns { get; set; } = true;

    /// <summary>Where the mailboxes are kept. Default: a new temporary folder, deleted at the end; a folder of your own stays.</summary>
    public string? DataPath { get; set; }

    /// <summary>The seed of the random faults. Default: 1.</summary>
    public int FaultSeed { get; set; } = 1;

    /// <summary>Devices registered with <c>fcm</c> are pushed by this one, which must not have TLS. Default: none.</summary>
    public FakeFcm? Fcm { get; set; }

    /// <summary>Devices registered with <c>apns</c> are pushed by this one, which must not have TLS. Default: none.</summary>
    public FakeApns? Apns { get; set; }

    /// <summary>Devices registered with <c>mipush</c> are pushed by this one, which must not have TLS. Default: none.</summary>
    public FakeMiPush? MiPush { get; set; }

    /// <summary>Further services of every silo, after the cluster's own: options with <c>Configure</c>, for example. Default: none.</summary>
    public Action<IServiceCollection>? ConfigureServices { get; set; }

    /// <summary>Where the silos' and gateways' logs go. Default: nowhere.</summary>
    public Action<ILoggingBuilder>? ConfigureLogging { get; set; }
}
