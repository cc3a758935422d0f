using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Krewe.Core.Connections;
using Krewe.Core.Gateways;
using Krewe.Gateway.Tests.Fakes;
using Krewe.Gateway.Transports.Polling;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Gateway.Tests.Transports;

public sealed class PollingTests
{
    [Fact]
    public async Task A_poll_gives_what_comes_after_the_cursor()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        for (var i = 1; i <= 5; i++) juliet.Append($"message {i}");
        using var client = gateway.Client(gateway.SignIn("juliet").Token);

        var page = await GetAsync(client, "/v1/mailbox?after=1&limit=3");
        Assert.Equal<IEnumerable<long>>([2, 3, 4], Seqs(page));
        Assert.Equal(4, (long)page["next"]!);
        Assert.Equal(5, (long)page["last"]!);
        Assert.Equal<IEnumerable<long>>([1, 2, 3, 4, 5], Seqs(await GetAsync(client, "/v1/mailbox")));
        Assert.Equal("message 5", (string)(await GetAsync(client, "/v1/mailbox?after=4"))["items"]![0]!["body"]!);
    }

    [Fact]
    public async Task Nothing_new_is_304_and_something_new_is_not()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        juliet.Append("one");
        juliet.Append("two");
        using var client = gateway.Client(gateway.SignIn("juliet").Token);

        foreach (var address in new[] { "/v1/mailbox?after=0", "/v1/mailbox?after=2", "/v1/mailbox", "/v1/mailbox?after=0&limit=1" })
        {
            var tag = (await client.GetAsync(address)).Headers.ETag!;
            using var again = await AskAsync(client, address, tag.ToString());
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Equal(tag, again.Headers.ETag);
            Assert.Empty(await again.Content.ReadAsByteArrayAsync());
            using var weak = await AskAsync(client, address, $"\"other\", W/{tag}");
            Assert.Equal(HttpStatusCode.NotModified, weak.StatusCode);
        }
        var before = (await client.GetAsync("/v1/mailbox?after=0")).Headers.ETag!.ToString();
        var other = (await client.GetAsync("/v1/mailbox?after=2")).Headers.ETag!.ToString();
        using var misused = await AskAsync(client, "/v1/mailbox?after=0", other);
        Assert.Equal(HttpStatusCode.OK, misused.StatusCode);
        using var otherLimit = await AskAsync(client, "/v1/mailbox?after=0&limit=1", before);
        Assert.Equal(HttpStatusCode.OK, otherLimit.StatusCode);
        juliet.Append("three");
        using var news = await AskAsync(client, "/v1/mailbox?after=0", before);
        Assert.Equal(HttpStatusCode.OK, news.StatusCode);
    }

    [Theory]
    [InlineData("after=-1", "after")]
    [InlineData("after=x", "after")]
    [InlineData("after=9223372036854775808", "after")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    [InlineData("wait=61", "wait")]
    [InlineData("wait=-1", "wait")]
    [InlineData("wait=1.5", "wait")]
    [InlineData("after=1&after=2", "after")]
    public async Task A_bad_parameter_is_400_and_named(string query, string name)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        using var answer = await client.GetAsync("/v1/mailbox?" + query);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(name, (await answer.Content.ReadFromJsonAsync<JsonNode>())!["member"]!.ToString());
    }

    [Fact]
    public async Task A_cursor_beyond_the_mailbox_or_before_it_is_refused()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        for (var i = 0; i < 5; i++) juliet.Append("x");
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        using var ahead = await client.GetAsync("/v1/mailbox?after=6&wait=30");
        Assert.Equal(HttpStatusCode.Conflict, ahead.StatusCode);
        Assert.Equal(5, (long)(await ahead.Content.ReadFromJsonAsync<JsonNode>())!["last"]!);
        juliet.Trim(4);
        using var expired = await client.GetAsync("/v1/mailbox?after=2");
        Assert.Equal(HttpStatusCode.Gone, expired.StatusCode);
        Assert.Equal(4, (long)(await expired.Content.ReadFromJsonAsync<JsonNode>())!["first"]!);
        Assert.Equal<IEnumerable<long>>([4, 5], Seqs(await GetAsync(client, "/v1/mailbox")));
    }

    [Fact]
    public async Task Whoever_has_anything_is_told_that_nothing_changed()
    {
        await using var gateway = await TestGateway.StartAsync();
        gateway.Cluster.User("juliet").Append("x");
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        using var answer = await AskAsync(client, "/v1/mailbox", "*");
        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
        Assert.NotNull(answer.Headers.ETag);
    }

    [Fact]
    public async Task A_long_poll_ends_with_the_first_item()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        var poll = GetAsync(client, "/v1/mailbox?after=0&wait=60");
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.Length == 1, "the session was registered");
        juliet.Append("soft, what light");
        Assert.Equal<IEnumerable<long>>([1], Seqs(await poll.WaitAsync(TimeSpan.FromSeconds(20))));
    }

    [Fact]
    public async Task A_long_poll_ends_when_its_time_is_over()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        var began = TimeProvider.System.GetTimestamp();
        var page = await GetAsync(client, "/v1/mailbox?after=0&wait=1");
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 0.9, 15);
        Assert.Empty(Seqs(page));
        Assert.Equal(0, (long)page["next"]!);
    }

    [Fact]
    public async Task A_third_long_poll_ends_the_first()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        var first = GetAsync(client, "/v1/mailbox?after=0&wait=60");
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.Length == 1, "the session was registered");
        await ReadsAsync(gateway, juliet, 1);
        var second = GetAsync(client, "/v1/mailbox?after=0&wait=60");
        await ReadsAsync(gateway, juliet, 2);
        Assert.False(first.IsCompleted);
        var third = GetAsync(client, "/v1/mailbox?after=0&wait=60");
        Assert.Empty(Seqs(await first.WaitAsync(TimeSpan.FromSeconds(20))));
        juliet.Append("x");
        Assert.Equal<IEnumerable<long>>([1], Seqs(await second.WaitAsync(TimeSpan.FromSeconds(20))));
        Assert.Equal<IEnumerable<long>>([1], Seqs(await third.WaitAsync(TimeSpan.FromSeconds(20))));
    }

    [Fact]
    public async Task A_lost_event_is_made_good_when_a_gap_is_suspected()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        var poll = GetAsync(client, "/v1/mailbox?after=0&wait=60");
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.Length == 1, "the session was registered");
        juliet.Silent = true;
        juliet.Append("lost on the way");
        gateway.Cluster.Inbox!.GapSuspected(gateway.Cluster.Core);
        Assert.Equal<IEnumerable<long>>([1], Seqs(await poll.WaitAsync(TimeSpan.FromSeconds(20))));
    }

    [Fact]
    public async Task Signing_out_ends_a_long_poll()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        var (token, info) = gateway.SignIn("juliet");
        using var client = gateway.Client(token);
        var poll = client.GetAsync("/v1/mailbox?after=0&wait=60");
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.Length == 1, "the session was registered");
        await juliet.RevokeTokenAsync(info);
        Assert.Equal(HttpStatusCode.Unauthorized, (await poll.WaitAsync(TimeSpan.FromSeconds(20))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/mailbox")).StatusCode);
    }

    [Fact]
    public async Task A_device_that_polls_stays_registered_for_a_minute()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(time);
        var juliet = gateway.Cluster.User("juliet");
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        await GetAsync(client, "/v1/mailbox");
        time.Advance(TimeSpan.FromSeconds(50));
        await GetAsync(client, "/v1/mailbox");
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Single(juliet.Sessions);
        Assert.Equal(1, juliet.Registrations);
        time.Advance(TimeSpan.FromSeconds(2));
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.IsEmpty, "the device was taken as gone");
        await GetAsync(client, "/v1/mailbox");
        Assert.Single(juliet.Sessions);
        Assert.Equal(2, juliet.Registrations);
    }

    [Fact]
    public async Task Many_first_polls_at_once_register_once()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => GetAsync(client, "/v1/mailbox")));
        Assert.Equal(1, juliet.Registrations);
    }

    [Fact]
    public async Task A_client_that_gives_up_frees_its_long_poll()
    {
        await using var gateway = await TestGateway.StartAsync(limits: limits => limits.LongPollsPerDevice = 1);
        var juliet = gateway.Cluster.User("juliet");
        var (token, _) = gateway.SignIn("juliet");
        using var client = gateway.Client(token);
        using var giveUp = new CancellationTokenSource();
        var poll = client.GetAsync("/v1/mailbox?after=0&wait=60", giveUp.Token);
        await ReadsAsync(gateway, juliet, 1);
        var session = Assert.IsType<PollSession>(Assert.Single(gateway.Registry.Sessions()));
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        await Eventually.HoldsAsync(() => session.Waits == 0, "the long poll was freed");
    }

    [Fact]
    public async Task A_drained_gateway_answers_long_polls_and_takes_no_more()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        var poll = GetAsync(client, "/v1/mailbox?after=0&wait=60");
        await ReadsAsync(gateway, juliet, 1);
        var stop = gateway.StopAsync();
        Assert.Empty(Seqs(await poll.WaitAsync(TimeSpan.FromSeconds(20))));
        await stop.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, gateway.Registry.Count);
    }

    [Fact]
    public async Task A_token_in_the_query_is_no_token_here()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = gateway.Client();
        using var answer = await client.GetAsync("/v1/mailbox?access_token=" + gateway.SignIn("juliet").Token);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private static Task ReadsAsync(TestGateway gateway, FakeUser user, int count) =>
        Eventually.HoldsAsync(() => user.Reads >= count && gateway.Registry.Sessions().OfType<PollSession>().Any(session => session.Waits >= count), "the poll waits");

    private static async Task<HttpResponseMessage> AskAsync(HttpClient client, string address, string noneMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("If-None-Match", noneMatch);
        return await client.SendAsync(request);
    }

    private static async Task<JsonNode> GetAsync(HttpClient client, string address)
    {
        using var answer = await client.GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    private static long[] Seqs(JsonNode page) => [.. page["items"]!.AsArray().Select(item => (long)item!["seq"]!)];
}
