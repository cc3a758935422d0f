using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Krewe.Client;
using Krewe.PostgresHarness;
using Krewe.ProcessHarness;

namespace Krewe.EndToEnd.Tests.Cluster;

/// <summary>A database that hangs, or dies, under a real server (R8): sends are refused in time and never acknowledged, the rest goes on, and it heals by itself.</summary>
public sealed class DatabaseAwayTests
{
    private const string Password = "wherefore art thou";

    /// <summary>For a refusal while it is away, and for the way back.</summary>
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(10);

    // What is promised counts from the answer of a machine that does nothing else.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connections_and_what_is_in_memory_outlive_a_database_that_is_away(bool frozen)
    {
        await using var postgres = await PostgresServer.StartAsync();
        var database = await postgres.CreateDatabaseAsync();
        await using var server = await KreweProcess.StartAsync(new()
        {
            Arguments = ["--Krewe:Storage:Provider=postgres"],
            Environment = new Dictionary<string, string> { ["Krewe__Storage__ConnectionString"] = database },
        });
        using var romeo = await SignUpAsync(server, "romeo");
        using var juliet = await SignUpAsync(server, "juliet");
        await using var listening = await juliet.ConnectAsync();
        await using var talking = await romeo.ConnectAsync();
        var heard = listening.ReadAllAsync().GetAsyncEnumerator();
        await romeo.SendAsync(juliet.Address, "before");
        Assert.Equal("before", await NextAsync(heard));
        using var http = new HttpClient { BaseAddress = server.Http };
        http.DefaultRequestHeaders.Authorization = new("Bearer", romeo.Token!.Value);
        using var admin = new HttpClient { BaseAddress = server.Admin };

        if (frozen) postgres.Freeze();
        else await postgres.KillAsync();

        var took = Stopwatch.StartNew();
        using (var refused = await http.PostAsJsonAsync("/v1/messages", new { to = juliet.Address, id = "m", body = "meanwhile" }).WaitAsync(Patience))
        {
            TestContext.Current.SendDiagnosticMessage($"refused after {took.Elapsed.TotalSeconds:0.0} s");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Equal("unavailable", (string)(await refused.Content.ReadFromJsonAsync<JsonObject>())!["code"]!);
        }
        // Ready, for another silo has the same database; and it says what is wrong.
        while (true)
        {
            using var ready = await admin.GetAsync(new Uri("health/ready", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
            if ((string)(await ready.Content.ReadFromJsonAsync<JsonObject>())!["status"]! == "degraded") break;
            Assert.True(took.Elapsed < Patience, "It did not say that it is degraded.");
        }
        Assert.Equal(1, (await romeo.PollAsync(1).WaitAsync(Patience)).Last);
        await talking.PingAsync().WaitAsync(Patience);

        if (frozen) postgres.Thaw();
        else await postgres.StartAgainAsync();

        took.Restart();
        while (true)
        {
            using var answer = await http.PostAsJsonAsync("/v1/messages", new { to = juliet.Address, id = "m", body = "meanwhile" }).WaitAsync(Patience);
            if (answer.IsSuccessStatusCode) break;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.True(took.Elapsed < Patience, $"Sends are refused {Patience.TotalSeconds} s after the database came back; promised are {Promise.TotalSeconds}.");
            await Task.Delay(50);
        }
        TestContext.Current.SendDiagnosticMessage($"taken {took.Elapsed.TotalSeconds:0.0} s after the return");
        // On the connection of before, and once.
        Assert.Equal("meanwhile", await NextAsync(heard));
        await talking.SendAsync(new OutgoingMessage(juliet.Address) { Body = "after" }).WaitAsync(Patience);
        Assert.Equal("after", await NextAsync(heard));
        Assert.Equal(["before", "meanwhile", "after"], (await juliet.PollAsync(0)).Items.Select(item => item.Body));
    }

    private static async Task<KreweClient> SignUpAsync(KreweProcess server, string name)
    {
        var client = new KreweClient(server.Http);
        await client.SignUpAsync(name, Password);
        await client.SignInAsync(name, Password, "phone");
        return client;
    }

    private static async Task<string?> NextAsync(IAsyncEnumerator<KreweEvent> events)
    {
        while (await events.MoveNextAsync().AsTask().WaitAsync(Patience))
            if (events.Current is ItemReceived { Item: { Kind: "message" } item })
                return item.Body;
        return null;
    }
}
