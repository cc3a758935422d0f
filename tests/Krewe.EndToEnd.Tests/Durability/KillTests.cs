using Krewe.Client;
using Krewe.ProcessHarness;

namespace Krewe.EndToEnd.Tests.Durability;

/// <summary>The process dies without a word under load; what it acknowledged is there.</summary>
public sealed class KillTests
{
    private const int Rounds = 20;
    private const int InFlight = 16;
    private const string Password = "wherefore art thou";

    [Fact]
    public async Task Killed_twenty_times_under_load_the_server_keeps_every_acknowledged_message_exactly_once()
    {
        using var data = new TemporaryFolder();
        // A fixed seed: the moments differ from round to round, not from run to run.
        var random = new Random(20261123);
        SendLog[] logs = [new("romeo", "juliet"), new("juliet", "romeo"), new("mercutio", "romeo"), new("benvolio", "juliet")];
        for (var round = 0; round < Rounds; round++)
        {
            await using var server = await KreweProcess.StartAsync(new() { DataPath = data.Path });
            if (round == 0) await SignUpAsync(server, logs);
            await ResendUnknownAsync(server, logs);
            if (round % 5 == 4) await CheckAsync(server, logs);
            await SendUntilKilledAsync(server, logs, killAfterAcks: random.Next(20, 800));
        }
        await using var last = await KreweProcess.StartAsync(new() { DataPath = data.Path });
        await ResendUnknownAsync(last, logs);
        await CheckAsync(last, logs);
    }

    private static async Task SignUpAsync(KreweProcess server, SendLog[] logs)
    {
        using var client = new KreweClient(server.Http);
        foreach (var log in logs) await client.SignUpAsync(log.Sender, Password);
    }

    private static async Task SendUntilKilledAsync(KreweProcess server, SendLog[] logs, int killAfterAcks)
    {
        var acks = 0;
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var senders = logs.Select(async log =>
        {
            using var client = new KreweClient(server.Http);
            await client.SignInAsync(log.Sender, Password, "phone");
            await using var socket = await client.ConnectAsync(after: log.Acked.Values.Select(sent => sent.Seq).DefaultIfEmpty().Max());
            _ = DrainAsync(socket);
            await Task.WhenAll(Enumerable.Range(0, InFlight).Select(async _ =>
            {
                try
                {
                    while (true)
                    {
                        log.Acknowledge(await socket.SendAsync(log.Next()));
                        if (Interlocked.Increment(ref acks) == killAfterAcks) enough.TrySetResult();
                    }
                }
                catch (IOException)
                {
                    // Killed; the message stays among the unknown.
                }
            }));
        }).ToArray();
        await enough.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await server.KillAsync();
        await Task.WhenAll(senders).WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static async Task DrainAsync(KreweSocket socket)
    {
        try
        {
            await foreach (var _ in socket.ReadAllAsync())
            {
            }
        }
        catch (IOException)
        {
            // The end of the process is the end of the connection.
        }
    }

    private static async Task ResendUnknownAsync(KreweProcess server, SendLog[] logs)
    {
        foreach (var log in logs)
        {
            using var client = new KreweClient(server.Http);
            await client.SignInAsync(log.Sender, Password, "phone");
            foreach (var message in log.Unknown.Values) log.Acknowledge(await client.SendAsync(message));
        }
    }

    private static async Task CheckAsync(KreweProcess server, SendLog[] logs)
    {
        var mailboxes = new Dictionary<string, List<Item>>();
        foreach (var name in logs.Select(log => log.Sender).Distinct())
        {
            using var client = new KreweClient(server.Http);
            await client.SignInAsync(name, Password, "auditor");
            mailboxes[name] = await ReadAllAsync(client);
        }
        foreach (var (owner, items) in mailboxes)
        {
            Assert.Equal(Enumerable.Range(1, items.Count).Select(n => (long)n), items.Select(item => item.Seq));
            var known = logs.Where(log => log.Sender == owner || log.Recipient == owner).Sum(log => log.Acked.Count);
            Assert.Equal(known, items.Count);
        }
        // A dictionary refuses a second item under one id.
        var byId = mailboxes.ToDictionary(entry => entry.Key, entry => (IReadOnlyDictionary<(string?, string?), Item>)entry.Value.ToDictionary(item => (item.From, item.Id)));
        foreach (var log in logs) log.AssertIn(byId[log.Sender], byId[log.Recipient]);
    }

    private static async Task<List<Item>> ReadAllAsync(KreweClient client)
    {
        var items = new List<Item>();
        for (var page = await client.PollAsync(0, 500); page.Items.Count > 0; page = await client.PollAsync(page.Next, 500)) items.AddRange(page.Items);
        return items;
    }
}
