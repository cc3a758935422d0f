using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Krewe.Client;
using Krewe.PostgresHarness;
using Krewe.ProcessHarness;

namespace Krewe.EndToEnd.Tests.Cluster;

/// <summary>The operator of two servers on one database.</summary>
public sealed class AdminTests : IAsyncLifetime
{
    private const string Password = "wherefore art thou";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private PostgresServer _postgres = null!;
    private string _connectionString = null!;

    public async ValueTask InitializeAsync()
    {
        _postgres = await PostgresServer.StartAsync();
        _connectionString = await _postgres.CreateDatabaseAsync();
    }

    public ValueTask DisposeAsync() => _postgres.DisposeAsync();

    [Fact]
    public async Task One_silo_shows_and_does_everything_for_both_and_a_dead_one_holds_nothing_up()
    {
        var servers = await Task.WhenAll(StartAsync("100"), StartAsync("99"));
        await using var one = servers[0];
        await using var other = servers[1];
        using var admin = new HttpClient { BaseAddress = new Uri(one.Admin, "admin/v1/") };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", one.AdminToken);
        using var romeo = await SignUpAsync(one, "romeo");
        using var juliet = await SignUpAsync(other, "juliet");
        await using var listening = await juliet.ConnectAsync();
        await romeo.SendAsync(new OutgoingMessage("juliet@localhost") { Id = "m1", Body = "hark" });
        var events = listening.ReadAllAsync().GetAsyncEnumerator();
        while (await events.MoveNextAsync().AsTask().WaitAsync(Patience) && events.Current is not ItemReceived)
        {
        }

        var silos = await UntilAsync(admin, "silos", page => Silos(page).Count(silo => (string?)silo["state"] == "active") == 2, "both silos answer");
        var here = (string)Silos(silos).Single(silo => (bool?)silo["self"] == true)["silo"]!;
        var there = (string)Silos(silos).Single(silo => (bool?)silo["self"] is null)["silo"]!;
        var session = Assert.Single((await GetAsync(admin, "sessions?user=juliet"))["sessions"]!.AsArray())!;
        Assert.Equal((there, 1), ((string)session["gateway"]!, (int)session["cursor"]!));
        Assert.Empty((await GetAsync(admin, $"sessions?silo={here}&user=juliet"))["sessions"]!.AsArray());
        var rate = (await GetAsync(admin, "settings"))["settings"]!.AsArray().Single(one => (string?)one!["key"] == "Krewe:Limits:Devices")!;
        Assert.Equal((true, "100", "99"), ((bool)rate["differs"]!, (string)rate["bySilo"]![here]!, (string)rate["bySilo"]![there]!));
        var hops = (await GetAsync(admin, "messages?from=romeo&id=m1"))["hops"]!.AsArray();
        Assert.Equal(["accepted", "published", "stored", "stored", "written"], hops.Select(hop => (string)hop!["step"]!).Order(StringComparer.Ordinal));
        Assert.Equal(there, (string?)hops.Single(hop => (string?)hop!["step"] == "written")!["silo"]);

        // At once everywhere: her gateway is the other silo.
        Assert.Equal(HttpStatusCode.NoContent, (await admin.PostAsync("users/juliet/disable", null)).StatusCode);
        using (var request = new HttpRequestMessage(HttpMethod.Get, new Uri(other.Http, "v1/mailbox?after=0")))
        {
            request.Headers.Authorization = new("Bearer", juliet.Token!.Value);
            Assert.Equal(HttpStatusCode.Unauthorized, (await admin.SendAsync(request)).StatusCode);
        }
        while (await events.MoveNextAsync().AsTask().WaitAsync(Patience))
        {
        }

        await other.KillAsync();
        await UntilAsync(admin, "silos", page => (string?)Silos(page).Single(silo => (string?)silo["silo"] == there)["state"] == "dead", "the killed silo is listed as dead");
        Assert.Empty((await GetAsync(admin, "sessions"))["silent"]!.AsArray());
        Assert.Equal("disabled", (string?)(await GetAsync(admin, "users/juliet"))["status"]);
    }

    private Task<KreweProcess> StartAsync(string devices) => KreweProcess.StartAsync(new()
    {
        Arguments = ["--Krewe:Storage:Provider=postgres", $"--Krewe:Limits:Devices={devices}"],
        Environment = new Dictionary<string, string> { ["Krewe__Storage__ConnectionString"] = _connectionString },
    });

    private static async Task<KreweClient> SignUpAsync(KreweProcess server, string name)
    {
        var client = new KreweClient(server.Http);
        await client.SignUpAsync(name, Password);
        await client.SignInAsync(name, Password, "phone");
        return client;
    }

    private static IEnumerable<JsonNode> Silos(JsonObject page) => page["silos"]!.AsArray().Select(silo => silo!);

    private static async Task<JsonObject> GetAsync(HttpClient admin, string path) => (await admin.GetFromJsonAsync<JsonObject>(path))!;

    private static async Task<JsonObject> UntilAsync(HttpClient admin, string path, Func<JsonObject, bool> isSo, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            Assert.False(patience.IsCancellationRequested, $"It does not happen that {what}.");
            if (await GetAsync(admin, path) is var page && isSo(page)) return page;
        }
    }
}
