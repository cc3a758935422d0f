using System.Diagnostics;
using Krewe.Checker.Clients;
using Krewe.Checker.Cluster;
using Krewe.Checker.Histories;
using Krewe.Checker.Nemeses;
using Krewe.Checker.Verification;

namespace Krewe.Checker.Runs;

/// <summary>One run: a cluster, clients, faults, the end, the verdict.</summary>
internal sealed class Run(RunOptions options, Action<string> say)
{
    private static readonly TimeSpan FlowPatience = TimeSpan.FromSeconds(60), Calm = TimeSpan.FromSeconds(1), UpPatience = TimeSpan.FromSeconds(90);

    private readonly History _history = new();
    private readonly List<FaultRecord> _faults = [];
    private readonly Dice _random = new(options.Seed);

    public async Task<RunReport> ExecuteAsync()
    {
        var clock = Stopwatch.StartNew();
        Directory.CreateDirectory(options.Folder);
        var faults = options.Faults.Select(NemesisTable.Named).ToList();
        await using var network = await NetworkAsync(faults);
        if (network is null) faults.RemoveAll(fault => fault.NeedsNetwork);
        int unexpected;
        await using (var cluster = await ClusterUnderTest.StartAsync(options.Layout, network, faults.Exists(fault => fault.NeedsStreams), options.Folder, Say))
        {
            Say($"{options.Layout.Silos.Count} silos serve after {clock.Elapsed.TotalSeconds:0.0} s");
            using var gateways = new Gateways([.. cluster.Silos.Where(silo => silo.Place.IsGateway).Select(silo => new Gateway(silo.Name, silo.Address))]);
            await using var cast = await Cast.AssembleAsync(gateways, _history, options);
            cast.Start();
            await FlowAsync("start", cast, () => Task.CompletedTask);
            if (options.Length is { } length) await DrawAsync(faults, cluster, cast, length);
            else
                foreach (var fault in faults) await StrikeAsync(fault, cluster, cast);
            Say("the faults are over");
            await new Curtain(cast, _history, options).FallAsync();
            Say("everything is at rest and read");
            unexpected = cluster.Silos.Sum(silo => silo.UnexpectedEnds);
        }
        var entries = _history.Snapshot();
        HistoryFile.Write(Path.Combine(options.Folder, HistoryFile.Name), entries);
        return new RunReport(entries, Verifier.Verify(entries), _faults, unexpected, clock.Elapsed, options.Folder);
    }

    /// <summary>Faults at random, until the time is over.</summary>
    private async Task DrawAsync(List<Nemesis> faults, ClusterUnderTest cluster, Cast cast, TimeSpan length)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < length;)
        {
            await StrikeAsync(faults[_random.Next(faults.Count)], cluster, cast);
            await Pause.BetweenAsync(_random, 1_000, 10_000, CancellationToken.None);
        }
    }

    private async Task StrikeAsync(Nemesis fault, ClusterUnderTest cluster, Cast cast)
    {
        await FlowAsync(fault.Name, cast, () => fault.Strike(cluster, _random), fault.FlowCountsFrom);
        // The next fault finds all silos, unless one that is on its way out pretends to be well.
        await Task.WhenAll(cluster.Silos.Select(silo => silo.UpAsync(UpPatience)));
        await Pause.ForAsync(Calm, CancellationToken.None);
    }

    private async Task FlowAsync(string name, Cast cast, Func<Task> strike, FlowCounts from = FlowCounts.FromBegin)
    {
        var clock = Stopwatch.StartNew();
        _history.Add(new FaultBegan(name));
        var flow = from == FlowCounts.FromBegin ? new Flow(_history, cast.Listeners) : null;
        await strike();
        _history.Add(new FaultEnded(name));
        var took = clock.Elapsed;
        using (flow ??= new Flow(_history, cast.Listeners))
        {
            TimeSpan? back = null;
            try
            {
                back = await flow.Back.WaitAsync(FlowPatience);
                _history.Add(new FlowBack(name, back.Value));
            }
            catch (TimeoutException)
            {
                Say($"after {name} nothing came of {flow.Missing}");
            }
            var record = new FaultRecord(name, took, back, from);
            _faults.Add(record);
            Say(record.ToString());
        }
    }

    private async Task<Namespaces?> NetworkAsync(List<Nemesis> faults)
    {
        if (!faults.Exists(fault => fault.NeedsNetwork)) return null;
        var (network, why) = await Namespaces.TryCreateAsync(options.Layout.Silos.Count);
        if (network is null) Say($"skipped: {string.Join(", ", faults.Where(fault => fault.NeedsNetwork).Select(fault => fault.Name))}: {why}");
        return network;
    }

    private void Say(string what) => say($"{_history.Now.TotalSeconds,6:0.0} s  {what}");
}
