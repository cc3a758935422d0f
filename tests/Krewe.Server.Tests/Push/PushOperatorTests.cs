using System.Net;
using System.Text.Json;
using Krewe.TestKit.Push;

namespace Krewe.Server.Tests.Push;

public sealed class PushOperatorTests
{
    [Fact]
    public async Task What_is_sent_and_waits_is_seen_in_the_admin_API_and_in_the_metrics()
    {
        await using var server = await PushServer.StartAsync();
        using var juliet = await server.SleeperAsync("juliet");
        using var romeo = await TestUser.SignUpAsync(server.Process, "romeo");

        await romeo.SendAsync("juliet", "But soft!");
        await server.Fcm.WaitAsync(push => push.Taken && push.Token == "token-of-juliet");
        var lane = await PushServer.UntilAsync(server.LaneAsync, lane => lane.GetProperty("attempts").GetInt32() == 1 && lane.GetProperty("waiting").GetInt64() == 0);

        Assert.Equal("open", lane.GetProperty("state").GetString());
        Assert.Equal(0, lane.GetProperty("refused").GetInt32());
        var metrics = await server.MetricsAsync();
        foreach (var line in (string[])["krewe_push_sent_total{", "krewe_push_latency_seconds_bucket{", "krewe_push_waiting{", "krewe_push_oldest_seconds{", "krewe_push_set_aside{", "krewe_push_lane_state{", "krewe_push_alarm{"])
            Assert.Contains(metrics.Split('\n'), text => text.StartsWith(line, StringComparison.Ordinal) && text.Contains("platform=\"fcm\"", StringComparison.Ordinal));
        Assert.DoesNotContain("juliet", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("token-of-juliet", server.Process.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_push_goes_out_at_once_and_tells_the_answer_of_the_service()
    {
        await using var server = await PushServer.StartAsync();
        using var juliet = await server.SleeperAsync("juliet");

        var (status, sent) = await server.PostAsync("/test", new { user = "juliet", device = "test" });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("fcm", true, "sent"), (sent.GetProperty("platform").GetString(), sent.GetProperty("sent").GetBoolean(), sent.GetProperty("outcome").GetString()));
        Assert.Equal("test", Assert.Single(server.Fcm.TakenFor("token-of-juliet")).Kind);

        var (_, checkedOnly) = await server.PostAsync("/test", new { user = juliet.Address, device = "test", validateOnly = true });
        Assert.True(checkedOnly.GetProperty("sent").GetBoolean());
        Assert.True(server.Fcm.Requests[^1].ValidateOnly);
        Assert.Single(server.Fcm.TakenFor("token-of-juliet"));

        server.Fcm.Next("token-of-juliet", FcmReplies.Unregistered);
        var (_, refused) = await server.PostAsync("/test", new { user = "juliet", device = "test" });
        Assert.Equal((false, "token-dead", "UNREGISTERED"), (refused.GetProperty("sent").GetBoolean(), refused.GetProperty("outcome").GetString(), refused.GetProperty("code").GetString()));
        // A test deletes nothing.
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/test", new { user = "juliet", device = "test" })).Status);
    }

    [Fact]
    public async Task What_cannot_be_asked_is_told_apart()
    {
        await using var server = await PushServer.StartAsync();
        using var juliet = await server.SleeperAsync("juliet");
        await FaultAsync("/test", new { user = "nobody", device = "test" }, HttpStatusCode.NotFound, "not-found");
        await FaultAsync("/test", new { user = "juliet", device = "toaster" }, HttpStatusCode.NotFound, "not-found");
        await FaultAsync("/test", new { user = "@", device = "test" }, HttpStatusCode.BadRequest, "bad-request");
        await FaultAsync("/test", new { device = "test" }, HttpStatusCode.BadRequest, "bad-request");
        await FaultAsync("/test", new { user = "juliet" }, HttpStatusCode.BadRequest, "bad-request");
        await FaultAsync("/test", "juliet", HttpStatusCode.BadRequest, "bad-request");
        await FaultAsync("/test", new { user = new string('j', 20_000), device = "test" }, HttpStatusCode.RequestEntityTooLarge, "too-large");
        await FaultAsync("/set-aside/@/test/again", null, HttpStatusCode.BadRequest, "bad-request");
        Assert.Empty(server.Fcm.Requests);

        async Task FaultAsync(string path, object? body, HttpStatusCode status, string code)
        {
            var answer = await server.PostAsync(path, body);
            Assert.Equal((status, code), (answer.Status, answer.Body.GetProperty("code").GetString()));
        }
    }

    [Fact]
    public async Task What_was_set_aside_is_listed_sent_again_and_dropped()
    {
        await using var server = await PushServer.StartAsync();
        using var romeo = await TestUser.SignUpAsync(server.Process, "romeo");
        foreach (var name in (string[])["juliet", "nurse"])
        {
            using var user = await server.SleeperAsync(name);
            server.Fcm.Next($"token-of-{name}", FcmReplies.InvalidArgument("message.android.ttl", "No such ttl."));
            await romeo.SendAsync(name, "But soft!");
        }
        var list = await PushServer.UntilAsync(() => server.GetAsync("/set-aside"), list => list.GetProperty("items").GetArrayLength() == 2);
        var row = list.GetProperty("items").EnumerateArray().Single(row => row.GetProperty("user").GetString() == "juliet@localhost");
        Assert.Equal(("test", "fcm", "message", "INVALID_ARGUMENT"),
            (row.GetProperty("device").GetString(), row.GetProperty("platform").GetString(), row.GetProperty("kind").GetString(), row.GetProperty("reason").GetString()));
        Assert.Equal(2, (await server.LaneAsync()).GetProperty("setAside").GetInt64());
        Assert.Equal(1, (await server.GetAsync("/set-aside?limit=1")).GetProperty("items").GetArrayLength());

        Assert.Equal(HttpStatusCode.NoContent, (await server.PostAsync("/set-aside/juliet/test/again")).Status);
        await server.Fcm.WaitAsync(push => push.Taken && push.Token == "token-of-juliet");
        Assert.Equal(HttpStatusCode.NotFound, (await server.PostAsync("/set-aside/juliet/test/again")).Status);
        Assert.Equal(HttpStatusCode.NoContent, await server.DeleteAsync("/set-aside/nurse@localhost/test"));
        Assert.Equal(HttpStatusCode.NotFound, await server.DeleteAsync("/set-aside/nurse@localhost/test"));
        Assert.Equal(0, (await server.GetAsync("/set-aside")).GetProperty("items").GetArrayLength());
        Assert.Empty(server.Fcm.TakenFor("token-of-nurse"));
    }

    [Fact]
    public async Task Credentials_that_are_refused_raise_one_alarm_lose_nothing_and_leave_the_server_ready()
    {
        await using var server = await PushServer.StartAsync();
        using var juliet = await server.SleeperAsync("juliet");
        using var romeo = await TestUser.SignUpAsync(server.Process, "romeo");
        server.Fcm.Revoke(server.Fcm.Account);

        await romeo.SendAsync("juliet", "But soft!");
        var lane = await PushServer.UntilAsync(server.LaneAsync, lane => lane.GetProperty("attempts").GetInt32() >= 2);
        Assert.Equal("broken", lane.GetProperty("state").GetString());
        Assert.Equal("broken", Assert.Single(lane.GetProperty("alarms").EnumerateArray()).GetProperty("alarm").GetString());
        var ready = await server.ReadyAsync();
        Assert.Equal("degraded", ready.GetProperty("checks").GetProperty("push").GetProperty("status").GetString());
        Assert.StartsWith("fcm: ", ready.GetProperty("checks").GetProperty("push").GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains(Line(await server.MetricsAsync(), "krewe_push_alarm{", "alarm=\"broken\""), line => line.EndsWith(" 1", StringComparison.Ordinal) || line.Contains(" 1 ", StringComparison.Ordinal));

        server.Fcm.Restore(server.Fcm.Account);
        await server.Fcm.WaitAsync(push => push.Taken && push.Token == "token-of-juliet", PushServer.Patience);
        await PushServer.UntilAsync(server.LaneAsync, lane => lane.GetProperty("state").GetString() == "open" && lane.GetProperty("alarms").GetArrayLength() == 0);
        Assert.Single(server.Process.Log.Split('\n'), line => line.Contains("refuses this server", StringComparison.Ordinal));
        Assert.DoesNotContain("PRIVATE KEY", server.Process.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_operators_pages_ask_for_the_token()
    {
        await using var server = await PushServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Process.Admin };
        foreach (var path in (string[])["", "/set-aside"])
            Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri("admin/v1/push" + path, UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsync(new Uri("admin/v1/push/test", UriKind.Relative), null)).StatusCode);
        using var clients = new HttpClient { BaseAddress = server.Process.Http };
        Assert.Equal(HttpStatusCode.NotFound, (await clients.GetAsync(new Uri("admin/v1/push", UriKind.Relative))).StatusCode);
    }

    private static IEnumerable<string> Line(string metrics, params string[] parts) =>
        metrics.Split('\n').Where(line => parts.All(part => line.Contains(part, StringComparison.Ordinal)));
}
