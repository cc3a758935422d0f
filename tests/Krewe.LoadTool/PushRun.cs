using System.Collections.Concurrent;
using System.Diagnostics;
using Krewe.Client;
using Krewe.ProcessHarness;
using Krewe.TestKit.Push;
using Spectre.Console;

namespace Krewe.LoadTool;

/// <summary>One run of <c>push</c>.</summary>
internal sealed class PushRun(PushPlan plan)
{
    private const int Senders = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // Long enough that a push is not due before its message's answer has come back.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(200);

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var credentials = Path.Combine(Path.GetTempPath(), $"krewe-load-{Guid.NewGuid():N}.json");
        await using var fcm = await FakeFcm.StartAsync();
        await fcm.Account.WriteAsync(credentials);
        try
        {
            await using var server = await KreweProcess.StartAsync(new KreweProcessOptions
            {
                DataPath = plan.DataPath,
                Arguments =
                [
                    $"--Krewe:Push:Fcm:ProjectId={fcm.ProjectId}", $"--Krewe:Push:Fcm:CredentialsFile={credentials}", $"--Krewe:Push:Fcm:BaseAddress={fcm.Address}",
                    $"--Krewe:Push:Grace={Grace}", "--Krewe:Push:Rate=100000", "--Krewe:Scram:Iterations=4096",
                ],
            });
            using var handler = new SocketsHttpHandler();
            var senders = await SignUpAsync(server, fcm, handler, cancellationToken);
            var probe = new ServerProbe(server.Id);
            var table = new Table().AddColumns("figure", "value");
            table.AddRow("devices", $"{plan.Devices:N0}");
            table.AddRow("server memory before", $"{probe.ResidentBytes / 1048576.0:N0} MiB");
            if (plan.Rate > 0) await PaceAsync(fcm, senders, probe, table, cancellationToken);
            for (var round = 1; plan.Rate == 0 && round <= plan.Rounds; round++) await DrainAsync(round, fcm, senders, probe, table, cancellationToken);
            table.AddRow("server memory after", $"{probe.ResidentBytes / 1048576.0:N0} MiB");
            AnsiConsole.Write(table);
            foreach (var sender in senders) sender.Dispose();
            return 0;
        }
        finally
        {
            File.Delete(credentials);
        }
    }

    private async Task<KreweClient[]> SignUpAsync(KreweProcess server, FakeFcm fcm, SocketsHttpHandler handler, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken };
        var senders = new KreweClient[Senders];
        await Parallel.ForAsync(0, Senders, parallel, async (i, token) =>
        {
            senders[i] = new KreweClient(server.Http, new KreweClientOptions { Handler = handler });
            await LoadUser.SignUpAsync(senders[i], $"sender{i}", token);
        });
        await Parallel.ForAsync(0, plan.Devices, parallel, async (i, token) =>
        {
            using var client = new KreweClient(server.Http, new KreweClientOptions { Handler = handler });
            await LoadUser.SignUpAsync(client, Name(i), token);
            await client.RegisterPushAsync("load", new PushRegistration { Platform = "fcm", Token = Name(i), App = fcm.ProjectId }, token);
        });
        return senders;
    }

    /// <summary>What waits when the service comes back goes out as fast as it can.</summary>
    private async Task DrainAsync(int round, FakeFcm fcm, KreweClient[] senders, ServerProbe probe, Table table, CancellationToken cancellationToken)
    {
        await fcm.StopAsync();
        fcm.Forget();
        var sending = Stopwatch.StartNew();
        await Parallel.ForAsync(0, plan.Messages, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = cancellationToken },
            async (i, token) => await senders[i % Senders].SendAsync(Name(i % plan.Devices), "But soft! What light through yonder window breaks?", token));
        sending.Stop();
        await Task.Delay(Grace, cancellationToken);
        probe.Start();
        await fcm.StartAgainAsync();
        var devices = Math.Min(plan.Devices, plan.Messages);
        await fcm.WaitAsync(static push => push.Taken, Patience);
        var began = probe.Cpu;
        await fcm.WaitForTakenAsync(devices, Patience);
        var cpu = probe.Cpu - began;
        var taken = fcm.Taken;
        var span = taken[^1].At - taken[0].At;
        var several = taken.GroupBy(push => push.Token).Count(of => of.Count() > 1);
        table.AddRow($"round {round}: messages during the outage", $"{plan.Messages:N0}, {plan.Messages / sending.Elapsed.TotalSeconds:N0} a second");
        table.AddRow("  pushes, devices that got one, several", $"{taken.Count:N0}, {taken.Select(push => push.Token).Distinct().Count():N0}, {several:N0}");
        table.AddRow("  pushes a second", $"{taken.Count / span.TotalSeconds:N0}");
        table.AddRow("  server CPU a push", $"{cpu.TotalMicroseconds / taken.Count:N0} µs, so {taken.Count / cpu.TotalSeconds:N0} a second and core");
    }

    private async Task PaceAsync(FakeFcm fcm, KreweClient[] senders, ServerProbe probe, Table table, CancellationToken cancellationToken)
    {
        var sentAt = new ConcurrentDictionary<string, DateTimeOffset>();
        var (warmUp, total) = (plan.Rate * plan.WarmUp, plan.Rate * (plan.Seconds + plan.WarmUp));
        var sending = new List<Task<string>>(total);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < total; i++)
        {
            var wait = TimeSpan.FromSeconds((double)i / plan.Rate) - clock.Elapsed;
            if (wait > TimeSpan.FromMilliseconds(1)) await Task.Delay(wait, cancellationToken);
            if (i == warmUp) probe.Start();
            sending.Add(SendAsync(senders[i % Senders], Name(i % plan.Devices), i >= warmUp, sentAt, cancellationToken));
        }
        await Task.WhenAll(sending);
        // A device that is sent to again before its push has gone out gets one push for both: the newest message of each device is what must come.
        var last = Enumerable.Range(Math.Max(0, total - plan.Devices), Math.Min(total, plan.Devices)).Select(i => sending[i].Result).ToHashSet();
        for (var waiting = Stopwatch.StartNew(); !last.IsSubsetOf(fcm.Taken.Select(push => push.MessageId ?? "")); await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken))
        {
            if (waiting.Elapsed > Patience) throw new TimeoutException($"Of {last.Count} devices, {last.Except(fcm.Taken.Select(push => push.MessageId ?? "")).Count()} did not get their newest message.");
        }
        var latencies = new Latencies();
        foreach (var push in fcm.Taken)
        {
            if (push.MessageId is { } id && sentAt.TryGetValue(id, out var sent)) latencies.Record(push.At - sent - Grace);
        }
        table.AddRow("messages, pushes", $"{total:N0} at {plan.Rate:N0}/s, {fcm.Taken.Count:N0}");
        table.AddRow("due → request at FCM", latencies.Summary());
        table.AddRow("server CPU a message with its push", $"{probe.Cpu.TotalMicroseconds / (total - warmUp):N0} µs");
    }

    private static async Task<string> SendAsync(KreweClient sender, string to, bool measured, ConcurrentDictionary<string, DateTimeOffset> sentAt, CancellationToken cancellationToken)
    {
        var sent = await sender.SendAsync(to, "But soft! What light through yonder window breaks?", cancellationToken);
        if (measured) sentAt[sent.Id] = sent.SentAt;
        return sent.Id;
    }

    private static string Name(int device) => $"sleeper{device}";
}
