using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Krewe.Server.Tests.Admin;

/// <summary>Messages, broadcasts, settings, the list of users.</summary>
public sealed class ClusterAdminTests(AdminServer server) : IClassFixture<AdminServer>
{
    [Fact]
    public async Task A_message_is_traced_by_its_id_and_by_its_place_without_its_body()
    {
        using var romeo = await TestUser.SignUpAsync(server.Process, "romeo");
        using var juliet = await TestUser.SignUpAsync(server.Process, "juliet");
        await romeo.SendAsync("juliet", "a secret of two");
        var id = (string)JsonNode.Parse(await romeo.MailboxAsync())!["items"]![0]!["id"]!;
        var before = await server.GetAsync($"messages?from=romeo&id={id}");
        Assert.Equal(HttpStatusCode.NoContent, await juliet.AckAsync(1, read: true));

        var trace = await server.GetAsync($"messages?from=romeo&id={id}");
        while (trace["receipts"]!.AsArray().Count == 0)
            trace = await server.GetAsync($"messages?from=romeo&id={id}");
        var same = await server.GetAsync("messages?owner=juliet&seq=1");

        Assert.Equal([false, true], new[] { before, trace }.Select(page => (bool)page["mailboxes"]![1]!["read"]!));
        Assert.Equal(["romeo@localhost", "juliet@localhost"], trace["mailboxes"]!.AsArray().Select(copy => (string)copy!["owner"]!));
        Assert.True((bool)trace["mailboxes"]![1]!["devices"]![0]!["acked"]!);
        Assert.Equal("read", (string?)trace["receipts"]![0]!["kind"]);
        Assert.Equal(["accepted", "stored", "stored"], trace["hops"]!.AsArray().Select(hop => (string)hop!["step"]!));
        Assert.Equal(["romeo@localhost", "juliet@localhost", "romeo@localhost"], trace["hops"]!.AsArray().Select(hop => (string)hop!["owner"]!));
        Assert.Equal(trace.ToJsonString(), same.ToJsonString());
        Assert.DoesNotContain("secret of two", trace.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broadcast_is_stored_once_in_every_mailbox_and_nobody_answers_it()
    {
        using var nurse = await TestUser.SignUpAsync(server.Process, "nurse");
        using var peter = await TestUser.SignUpAsync(server.Process, "peter");
        await server.DoAsync(HttpMethod.Post, "users/peter/disable");
        var order = new { id = "b1", body = "The server restarts at nine.", to = "all" };

        await server.PostAsync("broadcasts", order, HttpStatusCode.Accepted);
        await server.PostAsync("broadcasts", order, HttpStatusCode.Accepted);
        Assert.Equal("id", await server.RefusedAsync(HttpMethod.Post, "broadcasts", new { id = "b1", body = "else", to = "all" }, HttpStatusCode.Conflict, "id-conflict"));
        JsonNode row;
        do
            row = (await server.GetAsync("broadcasts"))["broadcasts"]!.AsArray().Single(one => (string?)one!["id"] == "b1")!;
        while ((string?)row["state"] != "done");

        Assert.True((int)row["passedOver"]! >= 1);
        var item = Assert.Single(JsonNode.Parse(await nurse.MailboxAsync())!["items"]!.AsArray())!;
        Assert.Equal(("localhost", "broadcast-b1", "The server restarts at nine."), ((string)item["from"]!, (string)item["id"]!, (string)item["body"]!));
        Assert.Equal(HttpStatusCode.NoContent, await nurse.AckAsync(1, read: true));
        Assert.NotEqual(HttpStatusCode.Created, await nurse.SendStatusAsync("localhost", "thanks"));
        await server.DoAsync(HttpMethod.Post, "users/peter/enable");
        Assert.Empty(JsonNode.Parse(await peter.MailboxAsync())!["items"]!.AsArray());
        await server.RefusedAsync(HttpMethod.Post, "broadcasts/b1/stop", null, HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task Users_are_listed_page_by_page()
    {
        foreach (var name in new[] { "list-a", "list-b", "list-c" })
            (await TestUser.SignUpAsync(server.Process, name)).Dispose();
        var first = await server.GetAsync("users?after=list-&limit=2");
        var second = await server.GetAsync($"users?after={first["next"]}&limit=1");

        Assert.Equal(["list-a@localhost", "list-b@localhost"], first["users"]!.AsArray().Select(user => (string)user!["user"]!));
        Assert.Equal("list-c@localhost", (string?)second["users"]![0]!["user"]);
        Assert.All(first["users"]!.AsArray(), user => Assert.Equal("active", (string?)user!["status"]));
    }

    [Fact]
    public async Task Settings_are_those_in_force_and_secrets_are_not_shown()
    {
        var settings = (await server.GetAsync("settings"))["settings"]!.AsArray().ToDictionary(one => (string)one!["key"]!, one => one!);

        Assert.Equal((server.Process.DataPath, false), ((string)settings["Krewe:Storage:Path"]["value"]!, (bool)settings["Krewe:Storage:Path"]["standard"]!));
        // Nobody said so: every listener is on loopback.
        Assert.Equal("open", (string?)settings["Krewe:Accounts:Registration"]["value"]);
        Assert.Equal(("100", true, false), ((string)settings["Krewe:Limits:SendRate"]["value"]!, (bool)settings["Krewe:Limits:SendRate"]["standard"]!, (bool)settings["Krewe:Limits:SendRate"]["differs"]!));
        Assert.True(settings.ContainsKey("Krewe:Admin:Token"));
    }

    [Theory]
    [InlineData("GET", "messages", null, 400, "bad-request", "from")]
    [InlineData("GET", "messages?from=romeo", null, 400, "bad-request", "id")]
    [InlineData("GET", "messages?from=romeo&id=a&owner=b", null, 400, "bad-request", "owner")]
    [InlineData("GET", "messages?owner=romeo", null, 400, "bad-request", "seq")]
    [InlineData("GET", "messages?owner=romeo&seq=-1", null, 400, "bad-request", "seq")]
    [InlineData("GET", "messages?owner=nobody&seq=1", null, 404, "not-found", "owner")]
    [InlineData("GET", "messages?from=nobody&id=1", null, 404, "not-found", "from")]
    [InlineData("GET", "users?limit=0", null, 400, "bad-request", "limit")]
    [InlineData("GET", "users?after=a@b", null, 400, "bad-request", "after")]
    [InlineData("POST", "silos/nowhere/drain", null, 404, "not-found", "silo")]
    [InlineData("POST", "broadcasts", """{"to":"all"}""", 400, "bad-request", "body")]
    [InlineData("POST", "broadcasts", """{"body":"a","to":"some"}""", 400, "bad-request", "to")]
    [InlineData("POST", "broadcasts", """{"body":"a","to":"all","id":"a b"}""", 400, "bad-request", "id")]
    [InlineData("POST", "broadcasts", """{"body":"a","to":"all","when":"now"}""", 400, "bad-request", "when")]
    [InlineData("POST", "broadcasts/none/stop", null, 404, "not-found", "id")]
    public async Task A_bad_call_names_what_is_at_fault(string method, string path, string? body, int status, string code, string member)
    {
        using var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        Assert.Equal(member, await server.RefusedAsync(new HttpMethod(method), path, content, (HttpStatusCode)status, code));
    }
}
