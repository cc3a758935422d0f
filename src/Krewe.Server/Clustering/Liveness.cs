using Orleans.Configuration;

namespace Krewe.Server.Clustering;

/// <summary>How fast silos miss one another. Orleans' defaults are made for minutes; docs/operations/cluster.md tells what follows from these.</summary>
internal static class Liveness
{
    /// <summary>For every call of a grain that does not say otherwise. What waits for a silo that hangs is repeated elsewhere once that one is declared dead.
    /// A request of a client makes two, one after the other, and is answered within 10 s.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(4.5);

    public static void AddLiveness(this ISiloBuilder silo)
    {
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            // Every silo probes up to ten others. The time between probes follows the answers: half a second where they come in milliseconds.
            membership.ProbeTimeout = TimeSpan.FromSeconds(1);
            // The third miss counts, and is asked for by way of another silo. A killed process refuses connections: that makes one and a half seconds.
            membership.NumMissedProbesLimit = 3;
            // No vote against a silo whose connection has brought anything within three of these. So a frozen or cut-off silo is missed after five
            // to six seconds (with the default, 4 s, after 13), and one that is slow for four seconds is not.
            membership.MaxProbeTimeout = TimeSpan.FromSeconds(1.5);
            // Two silos have to agree; of two that are left, one is enough. A vote counts for long enough to meet the other one, and no longer.
            membership.NumVotesForDeathDeclaration = 2;
            membership.DeathVoteExpirationTimeout = TimeSpan.FromSeconds(30);
            // Changes are gossiped. This is for gossip that got lost, and how a silo that wakes up finds itself dead.
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
            // A silo that starts wants to reach all that are said to live. One that was killed with nobody left to notice counts as dead after
            // three missed signs of life: 9 s, in place of a minute and a half. One small write a silo.
            membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(3);
            membership.NumMissedTableIAmAliveLimit = 3;
        });
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = ResponseTimeout);
        silo.Services.AddSingleton<IFatalErrorHandler, SiloEnd>();
    }
}
