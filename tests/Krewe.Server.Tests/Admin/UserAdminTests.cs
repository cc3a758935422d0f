using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Krewe.ProcessHarness;

namespace Krewe.Server.Tests.Admin;

public sealed class UserAdminTests(AdminServer server) : IClassFixture<AdminServer>
{
    private const string Password = "a password of some length";

    [Fact]
    public async Task A_silo_tells_how_it_fares()
    {
        var silo = Assert.Single((await server.GetAsync("silos"))["silos"]!.AsArray())!;

        Assert.Equal("active", (string?)silo["state"]);
        Assert.Equal("gateway,core", (string?)silo["roles"]);
        Assert.True((bool)silo["self"]!);
        Assert.Matches(@"^127\.0\.0\.1:\d+@\d+$", (string)silo["silo"]!);
        foreach (var number in new[] { "connections", "sessions", "users", "messagesPerSecond", "itemsPerSecond", "cpu", "memoryBytes" })
            Assert.True((double)silo[number]! >= 0, number);
        Assert.InRange((DateTimeOffset)silo["since"]!, DateTimeOffset.UtcNow.AddMinutes(-10), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Fact]
    public async Task A_user_is_described_in_numbers_and_without_secrets()
    {
        using var romeo = await TestUser.SignUpAsync(server.Process, "romeo");
        using var juliet = await TestUser.SignUpAsync(server.Process, "juliet");
        await romeo.SendAsync("juliet", "hello");
        Assert.Equal(HttpStatusCode.NoContent, await juliet.PutPushAsync(new { platform = "webhook", token = "https://example.org/secret-token", app = "any" }));

        var user = await server.GetAsync("users/juliet");

        Assert.Equal(("juliet@localhost", "active", 1, 1, 1), ((string)user["user"]!, (string)user["status"]!, (int)user["mailbox"]!["last"]!, (int)user["mailbox"]!["unread"]!, user["devices"]!.AsArray().Count));
        Assert.Equal("webhook", (string?)user["devices"]![0]!["push"]!["platform"]);
        Assert.InRange((DateTimeOffset)user["created"]!, DateTimeOffset.UtcNow.AddMinutes(-10), DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.DoesNotContain("secret-token", user.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hello", user.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sessions_are_listed_page_by_page_and_kicked()
    {
        using var user = await TestUser.SignUpAsync(server.Process, "mercutio");
        using var one = await ConnectAsync(user);
        using var other = await ConnectAsync(user);

        var all = await server.GetAsync("sessions?user=mercutio");
        var first = await server.GetAsync("sessions?user=mercutio&limit=1");
        var second = await server.GetAsync($"sessions?user=mercutio&limit=1&after={first["next"]}");

        Assert.Equal((2, 2), ((int)all["total"]!, all["sessions"]!.AsArray().Count));
        Assert.Equal(all["sessions"]!.AsArray().Select(Id), new[] { first, second }.Select(page => Id(Assert.Single(page["sessions"]!.AsArray()))));
        Assert.Null(second["next"]);
        Assert.All(all["sessions"]!.AsArray(), session => Assert.Equal(("websocket", "test", 0L), ((string)session!["transport"]!, (string)session["device"]!, (long)session["cursor"]!)));
        Assert.Equal("session", await server.RefusedAsync(HttpMethod.Post, "users/mercutio/kick", new { session = "no-such" }, HttpStatusCode.NotFound, "not-found"));
        Assert.Equal(1, (int)(await server.PostAsync("users/mercutio/kick", new { session = Id(all["sessions"]![0]) }))["sessions"]!);
        Assert.Equal("kicked", (await ClosingAsync(one)).Reason);
        Assert.Equal(1, (int)(await server.PostAsync("users/mercutio/kick"))["sessions"]!);
        Assert.True((await ClosingAsync(other)).RetryAfter > 0);
        // The token is good: who was kicked may come back.
        Assert.Contains("items", await user.MailboxAsync(), StringComparison.Ordinal);

        static string Id(JsonNode? session) => (string)session!["session"]!;
    }

    [Fact]
    public async Task A_disabled_user_is_out_at_once_and_back_with_everything_when_enabled()
    {
        using var romeo = await TestUser.SignUpAsync(server.Process, "benvolio");
        using var juliet = await TestUser.SignUpAsync(server.Process, "rosaline");
        await romeo.SendAsync("rosaline", "before");
        using var socket = await ConnectAsync(juliet);

        await server.DoAsync(HttpMethod.Post, "users/rosaline/disable");

        Assert.Equal(("account-disabled", 0), await ClosingAsync(socket));
        Assert.Equal(HttpStatusCode.Unauthorized, await juliet.SendStatusAsync("benvolio", "me?"));
        Assert.Equal("bad-credentials", await SignInAsync("rosaline"));
        Assert.Equal(HttpStatusCode.NotFound, await romeo.SendStatusAsync("rosaline", "meanwhile"));
        Assert.Equal("disabled", (string?)(await server.GetAsync("users/rosaline"))["status"]);
        await server.DoAsync(HttpMethod.Post, "users/rosaline/disable");

        await server.DoAsync(HttpMethod.Post, "users/rosaline/enable");
        Assert.Null(await SignInAsync("rosaline"));
        Assert.Equal(HttpStatusCode.Created, await romeo.SendStatusAsync("rosaline", "after"));
        Assert.Equal(2, (int)(await server.GetAsync("users/rosaline"))["mailbox"]!["last"]!);
        Assert.Contains("before", await juliet.MailboxAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reset_password_ends_every_token_and_the_made_one_opens()
    {
        using var user = await TestUser.SignUpAsync(server.Process, "tybalt");

        var made = (string)(await server.PostAsync("users/tybalt/password"))["password"]!;

        Assert.Equal(20, made.Length);
        Assert.Equal(HttpStatusCode.Unauthorized, await user.SendStatusAsync("tybalt", "me?"));
        Assert.Equal("bad-credentials", await SignInAsync("tybalt"));
        Assert.Null(await SignInAsync("tybalt", made));
        await server.DoAsync(HttpMethod.Post, "users/tybalt/password", new { password = "chosen by the operator", staySignedIn = true });
        Assert.Null(await SignInAsync("tybalt", "chosen by the operator"));
        Assert.DoesNotContain(made, server.Process.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_is_signed_out_with_all_its_tokens_and_signs_in_anew()
    {
        using var phone = await TestUser.SignUpAsync(server.Process, "paris");

        await server.DoAsync(HttpMethod.Post, "users/paris/sign-out", new { device = "test" });

        Assert.Equal(HttpStatusCode.Unauthorized, await phone.SendStatusAsync("paris", "me?"));
        Assert.Null(await SignInAsync("paris"));
        Assert.Equal("device", await server.RefusedAsync(HttpMethod.Post, "users/paris/sign-out", new { device = "other" }, HttpStatusCode.NotFound, "not-found"));
    }

    [Fact]
    public async Task The_operator_makes_and_deletes_users()
    {
        Assert.Equal("user", await server.RefusedAsync(HttpMethod.Get, "users/peter", null, HttpStatusCode.NotFound, "not-found"));
        var made = await server.PostAsync("users", new { user = "Peter" }, HttpStatusCode.Created);
        Assert.Equal("peter@localhost", (string?)made["user"]);
        Assert.Null(await SignInAsync("peter", (string)made["password"]!));
        Assert.Equal("user", await server.RefusedAsync(HttpMethod.Post, "users", new { user = "peter" }, HttpStatusCode.Conflict, "account-exists"));

        await server.DoAsync(HttpMethod.Delete, "users/peter");
        await server.DoAsync(HttpMethod.Delete, "users/peter");

        Assert.Equal("deleted", (string?)(await server.GetAsync("users/peter"))["status"]);
        Assert.Equal("bad-credentials", await SignInAsync("peter", (string)made["password"]!));
        await server.RefusedAsync(HttpMethod.Post, "users/peter/enable", null, HttpStatusCode.NotFound, "not-found");
        await server.RefusedAsync(HttpMethod.Post, "users", new { user = "peter" }, HttpStatusCode.Conflict, "account-exists");
        Assert.Matches(@"Operator \(bearer, token [0-9a-f]{8}, from 127\.0\.0\.1\): delete the user peter@localhost: done", server.Process.Log);
    }

    [Theory]
    [InlineData("GET", "users/a@elsewhere", null, 400, "bad-request", "user")]
    [InlineData("GET", "users/%20", null, 400, "bad-request", "user")]
    [InlineData("GET", "sessions?limit=0", null, 400, "bad-request", "limit")]
    [InlineData("GET", "sessions?limit=501", null, 400, "bad-request", "limit")]
    [InlineData("GET", "sessions?silo=127.0.0.1:1@1", null, 400, "bad-request", "silo")]
    [InlineData("GET", "sessions?usr=romeo", null, 400, "bad-request", "usr")]
    [InlineData("GET", "silos?x=1", null, 400, "bad-request", "x")]
    [InlineData("POST", "users", """{"user":"a","pasword":"b"}""", 400, "bad-request", "pasword")]
    [InlineData("POST", "users", """{"user":7}""", 400, "bad-request", "user")]
    [InlineData("POST", "users", """{"user":""", 400, "bad-request", "user")]
    [InlineData("POST", "users", "null", 400, "bad-request", "body")]
    [InlineData("POST", "users", """{"password":"b"}""", 400, "bad-request", "user")]
    [InlineData("POST", "users", """{"user":"new","password":""}""", 400, "bad-request", "password")]
    [InlineData("POST", "users/nobody/disable", null, 404, "not-found", "user")]
    [InlineData("POST", "users/nobody/kick", null, 404, "not-found", "user")]
    [InlineData("DELETE", "users/nobody", null, 404, "not-found", "user")]
    public async Task A_bad_call_names_what_is_at_fault(string method, string path, string? body, int status, string code, string member)
    {
        using var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        Assert.Equal(member, await server.RefusedAsync(new HttpMethod(method), path, content, (HttpStatusCode)status, code));
    }

    [Fact]
    public async Task A_body_of_another_type_or_size_is_refused()
    {
        using var text = new StringContent("user=a");
        Assert.Equal("Content-Type", await server.RefusedAsync(HttpMethod.Post, "users", text, HttpStatusCode.UnsupportedMediaType, "unsupported-media-type"));
        Assert.Equal("body", await server.RefusedAsync(HttpMethod.Post, "users", new { user = new string('a', 70_000) }, HttpStatusCode.RequestEntityTooLarge, "too-large"));
    }

    /// <summary>The code that the sign-in is refused with; null if it is taken.</summary>
    private async Task<string?> SignInAsync(string username, string password = Password)
    {
        using var http = new HttpClient { BaseAddress = server.Process.Http };
        while (true)
        {
            using var answer = await http.PostAsJsonAsync("v1/tokens", new { username, password, device = "test" });
            if (answer.IsSuccessStatusCode) return null;
            // In the very second of a sign-out.
            if (answer.StatusCode != HttpStatusCode.ServiceUnavailable) return (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["code"];
            await Task.Delay(answer.Headers.RetryAfter!.Delta!.Value);
        }
    }

    private async Task<ClientWebSocket> ConnectAsync(TestUser user)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("krewe.v1.json");
        await socket.ConnectAsync(new Uri($"ws://{server.Process.Http.Authority}/v1/ws?after=0&access_token={user.Token}"), CancellationToken.None);
        Assert.Equal("hello", (string?)(await FrameAsync(socket))!["type"]);
        return socket;
    }

    private static async Task<(string? Reason, double RetryAfter)> ClosingAsync(ClientWebSocket socket)
    {
        while (await FrameAsync(socket) is { } frame)
            if ((string?)frame["type"] == "closing") return ((string?)frame["reason"], (double?)frame["retryAfter"] ?? 0);
        return (null, 0);
    }

    private static async Task<JsonObject?> FrameAsync(ClientWebSocket socket)
    {
        var buffer = new byte[65_536];
        var frame = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        return frame.MessageType == WebSocketMessageType.Close ? null : JsonNode.Parse(buffer.AsSpan(0, frame.Count))!.AsObject();
    }
}
