using System.Collections.Immutable;

namespace Krewe.Server.Admin.Silos;

/// <summary>The silos of the cluster, and the way to ask all of them at once. One that does not answer costs the asker two seconds and nothing else.</summary>
internal sealed partial class ClusterView(IClusterMembershipService membership, SiloConsoleClient silos, TimeProvider time, ILogger<ClusterView> logger)
{
    /// <summary>A silo that answers does so within milliseconds; one that hangs is declared dead after about three seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // Orleans keeps the dead for a week: the last few tell what happened.
    private const int MaxDead = 10;

    public IReadOnlyList<ClusterMember> Members
    {
        get
        {
            var all = membership.CurrentSnapshot.Members.Values;
            return [.. all.Where(member => member.Status != SiloStatus.Dead).OrderBy(member => member.SiloAddress),
                .. all.Where(member => member.Status == SiloStatus.Dead).OrderByDescending(member => member.SiloAddress.Generation).Take(MaxDead)];
        }
    }

    /// <summary>Those that may answer.</summary>
    public IReadOnlyList<SiloAddress> Alive => [.. Members.Where(member => MayAnswer(member.Status)).Select(member => member.SiloAddress)];

    public static bool MayAnswer(SiloStatus status) => status is SiloStatus.Active or SiloStatus.ShuttingDown or SiloStatus.Stopping;

    /// <summary>The member with this address, as the API writes it.</summary>
    public ClusterMember? Find(string address) => Members.FirstOrDefault(member => Name(member.SiloAddress).Equals(address, StringComparison.OrdinalIgnoreCase));

    /// <summary>A silo's address as the API writes it: a restarted one has another.</summary>
    public static string Name(SiloAddress silo) => silo.ToParsableString();

    /// <summary>Asks silos in parallel; the default for those that do not answer in time.</summary>
    public async Task<ImmutableArray<SiloAnswer<T>>> AskAsync<T>(IEnumerable<SiloAddress> whom, Func<ISiloConsole, ValueTask<T>> question) where T : class =>
        [.. await Task.WhenAll(whom.Select(silo => AskAsync(silo, question)))];

    public async Task<SiloAnswer<T>> AskAsync<T>(SiloAddress silo, Func<ISiloConsole, ValueTask<T>> question) where T : class
    {
        try
        {
            return new(silo, await question(silos.On(silo)).AsTask().WaitAsync(Patience, time));
        }
        catch (Exception error)
        {
            // It hangs, dies, is of a version that does not know the question, or has not begun to answer: for the page all the same.
            LogSilent(error, silo);
            return new(silo, null);
        }
    }

    [LoggerMessage(LogLevel.Debug, "Silo {Silo} did not answer the operator's question.")]
    private partial void LogSilent(Exception error, SiloAddress silo);
}

/// <summary>What a silo said; null if it did not answer.</summary>
internal readonly record struct SiloAnswer<T>(SiloAddress Silo, T? Answer) where T : class;
