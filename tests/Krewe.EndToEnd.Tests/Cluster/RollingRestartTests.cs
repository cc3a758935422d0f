using System.Diagnostics;
using System.Runtime.InteropServices;
using Krewe.Client;
using Krewe.PostgresHarness;
using Krewe.ProcessHarness;

namespace Krewe.EndToEnd.Tests.Cluster;

/// <summary>Every silo is stopped by SIGTERM and started again, one after the other, under load (R6, R15).</summary>
public sealed class RollingRestartTests
{
    private const int Pairs = 6;

    // Promised are 10 s, by the default of DrainTimeout; here it is longer, for a machine that does much else at the same time.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("gateway,core", "gateway,core")]
    [InlineData("core", "core", "gateway", "gateway", Explicit = true)]
    public async Task No_send_fails_after_one_retry_and_nothing_is_lost_or_comes_twice(params string[] roles)
    {
        await using var postgres = await PostgresServer.StartAsync();
        var database = await postgres.CreateDatabaseAsync();
        var silos = await Task.WhenAll(roles.Select(role => KreweProcess.StartAsync(new()
        {
            Arguments = ["--Krewe:Storage:Provider=postgres", $"--Krewe:Roles={role}", "--Krewe:Cluster:DrainSpread=00:00:01", "--Krewe:Cluster:DrainTimeout=00:00:30"],
            Environment = new Dictionary<string, string> { ["Krewe__Storage__ConnectionString"] = database },
        })));
        Uri[] gateways = [.. silos.Where((_, i) => roles[i].Contains("gateway", StringComparison.Ordinal)).Select(silo => silo.Http)];
        var users = Enumerable.Range(0, 2 * Pairs).Select(i => new RollingUser(gateways, $"user{i}")).ToArray();
        try
        {
            await Task.WhenAll(users.Select((user, i) => user.JoinAsync(i)));
            var rolled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var talks = Enumerable.Range(0, Pairs).Select(i => TalkAsync(users[2 * i], users[(2 * i) + 1], bySocket: i % 2 == 0, rolled.Task)).ToArray();

            for (var i = 0; i < silos.Length; i++)
            {
                var (others, stop) = (silos.Where(silo => silo != silos[i]), Stopwatch.StartNew());
                silos[i].Signal(PosixSignal.SIGTERM);
                Assert.Equal(0, await silos[i].ExitAsync(Patience));
                TestContext.Current.SendDiagnosticMessage($"{roles[i]} stopped in {stop.Elapsed.TotalSeconds:0.0} s");
                Assert.Contains("0 sessions and 0 users are left", DrainLine(silos[i]), StringComparison.Ordinal);
                Assert.All(others, other => Assert.False(other.HasExited));
                silos[i] = await silos[i].RestartAsync();
            }
            rolled.SetResult();
            var logs = await Task.WhenAll(talks).WaitAsync(Patience);

            for (var i = 0; i < Pairs; i++)
            {
                var (sender, recipient, sent) = (users[2 * i], users[(2 * i) + 1], logs[i]);
                await recipient.ReadToAsync(sent.Count);
                // What was read live, over all the connections, is what was acknowledged, in order and once.
                Assert.Equal(sent, recipient.Read.Select(item => item.Body));
                Assert.Equal(sent, (await recipient.MailboxAsync()).Select(item => item.Body));
                Assert.Equal(sent, (await sender.MailboxAsync()).Where(item => item.Kind == "message").Select(item => item.Body));
            }
            TestContext.Current.SendDiagnosticMessage(
                $"{logs.Sum(log => log.Count)} messages, {users.Sum(user => user.Repeated)} sent twice, the slowest took {users.Max(user => user.Slowest).TotalMilliseconds:0} ms, {users.Sum(user => user.Planned)} planned closes");
            Assert.True(users.Sum(user => user.Planned) >= users.Length, "Not every client was told to come back.");
        }
        finally
        {
            foreach (var user in users) await user.DisposeAsync();
            foreach (var silo in silos) await silo.DisposeAsync();
        }
    }

    private static string DrainLine(KreweProcess silo) => silo.Log.Split('\n').First(line => line.Contains("The silo is drained", StringComparison.Ordinal));

    private static async Task<List<string>> TalkAsync(RollingUser sender, RollingUser recipient, bool bySocket, Task over)
    {
        var sent = new List<string>();
        while (!over.IsCompleted)
        {
            var body = $"line {sent.Count + 1}";
            await sender.SendAsync(new OutgoingMessage(recipient.Address) { Id = $"m{sent.Count}", Body = body }, bySocket);
            sent.Add(body);
            // A pace that leaves the machine room to start a server.
            await Task.Delay(10);
        }
        return sent;
    }
}
