using System.Net;
using System.Net.Http.Json;
using Krewe.Client;
using Krewe.PostgresHarness;
using Krewe.ProcessHarness;

namespace Krewe.EndToEnd.Tests.Cluster;

/// <summary>Real server processes on a real PostgreSQL.</summary>
public sealed class PostgresTests : IAsyncLifetime
{
    private const string Password = "wherefore art thou";

    /// <summary>For a send while the database is away, and for the way back.</summary>
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(10);

    private static readonly (string to, string id, string body) Message = ("romeo@localhost", "m", "meanwhile");

    private PostgresServer _postgres = null!;
    private string _connectionString = null!;

    public async ValueTask InitializeAsync()
    {
        _postgres = await PostgresServer.StartAsync();
        _connectionString = await _postgres.CreateDatabaseAsync();
    }

    public ValueTask DisposeAsync() => _postgres.DisposeAsync();

    [Fact]
    public async Task After_a_kill_and_a_restart_everything_is_there()
    {
        await using var first = await StartAsync();
        using var before = new KreweClient(first.Http);
        await SignUpAsync(before, "romeo");
        using (var juliet = new KreweClient(first.Http))
            await SignUpAsync(juliet, "juliet");
        for (var i = 1; i <= 50; i++)
            Assert.Equal(i, (await before.SendAsync(new OutgoingMessage("juliet@localhost") { Id = $"m{i}", Body = $"line {i}" })).Seq);
        await first.KillAsync();

        await using var second = await first.RestartAsync();
        using var again = new KreweClient(second.Http) { Token = before.Token };
        Assert.Equal(50, (await again.SendAsync(new OutgoingMessage("juliet@localhost") { Id = "m50", Body = "line 50" })).Seq);
        Assert.Equal(51, (await again.SendAsync("juliet@localhost", "and more")).Seq);
        using var reader = new KreweClient(second.Http);
        await reader.SignInAsync("juliet", Password, "phone");
        var page = await reader.PollAsync(0, 100);
        Assert.Equal([.. Enumerable.Range(1, 50).Select(i => $"line {i}"), "and more"], page.Items.Select(item => item.Body));
        Assert.DoesNotContain("Capulet", second.Log + first.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Users_of_two_servers_on_one_database_chat()
    {
        // At the same time, on an empty database.
        var servers = await Task.WhenAll(StartAsync(), StartAsync());
        await using var one = servers[0];
        await using var other = servers[1];
        using var romeo = new KreweClient(one.Http);
        using var juliet = new KreweClient(other.Http);
        await SignUpAsync(romeo, "romeo");
        await SignUpAsync(juliet, "juliet");
        await using var listening = await juliet.ConnectAsync();
        await using var answers = await romeo.ConnectAsync();
        var toJuliet = listening.ReadAllAsync().GetAsyncEnumerator();
        var toRomeo = answers.ReadAllAsync().GetAsyncEnumerator();
        for (var i = 1; i <= 20; i++)
        {
            await romeo.SendAsync("juliet@localhost", $"question {i}");
            Assert.Equal($"question {i}", await NextAsync(toJuliet, "romeo@localhost"));
            await juliet.SendAsync("romeo@localhost", $"answer {i}");
            Assert.Equal($"answer {i}", await NextAsync(toRomeo, "juliet@localhost"));
        }
        // A token of one server is good on the other: they have one secret.
        using var roaming = new KreweClient(other.Http) { Token = romeo.Token };
        Assert.Equal(40, (await roaming.PollAsync(0, 100)).Items.Count);
    }

    [Fact]
    public async Task While_the_database_is_away_sends_are_refused_in_time_and_they_go_on_when_it_is_back()
    {
        await using var server = await StartAsync();
        using var client = new KreweClient(server.Http);
        await SignUpAsync(client, "romeo");
        await client.SendAsync("romeo@localhost", "before");
        using var http = new HttpClient { BaseAddress = server.Http };
        http.DefaultRequestHeaders.Authorization = new("Bearer", client.Token!.Value);
        _postgres.Freeze();
        using (var refused = await http.PostAsJsonAsync("/v1/messages", new { Message.to, Message.id, Message.body }).WaitAsync(Promise))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
        }
        _postgres.Thaw();
        // The client library sends it again until it is through.
        await client.SendAsync(new OutgoingMessage(Message.to) { Id = Message.id, Body = Message.body }).WaitAsync(Promise);
        Assert.Equal(["before", "meanwhile"], (await client.PollAsync(0, 10)).Items.Select(item => item.Body));
    }

    private Task<KreweProcess> StartAsync() => KreweProcess.StartAsync(new()
    {
        Arguments = ["--Krewe:Storage:Provider=postgres"],
        Environment = new Dictionary<string, string> { ["Krewe__Storage__ConnectionString"] = _connectionString },
    });

    private static async Task SignUpAsync(KreweClient client, string name)
    {
        await client.SignUpAsync(name, Password);
        await client.SignInAsync(name, Password, "phone");
    }

    private static async Task<string?> NextAsync(IAsyncEnumerator<KreweEvent> events, string from)
    {
        while (await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30)))
            if (events.Current is ItemReceived { Item: { Body: { } body } item } && item.From == from)
                return body;
        return null;
    }
}
