using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Krewe.Core.Connections;
using Krewe.Core.Gateways;
using Krewe.Core.Mailboxes;
using Krewe.Gateway.Sessions;
using Krewe.Gateway.Tests.Fakes;
using Krewe.Gateway.Transports.Streaming;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.Time.Testing;
using static Krewe.Gateway.Tests.Transports.StreamLines;

namespace Krewe.Gateway.Tests.Transports;

public sealed class StreamingTests
{
    [Fact]
    public async Task Server_sent_events_have_the_seq_as_id_and_the_kind_as_event()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        juliet.Append("line one\nline two", data: """{"a":1.50}""");
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        using var answer = await OpenAsync(client, "/v1/mailbox/stream");
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.ToString());
        Assert.Contains("no-store", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal("no", answer.Headers.GetValues("X-Accel-Buffering").Single());
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal(": krewe", await LineAsync(lines));
        Assert.Equal("", await LineAsync(lines));
        Assert.Equal("id: 1", await LineAsync(lines));
        Assert.Equal("event: message", await LineAsync(lines));
        Assert.Equal(
            """data: {"seq":1,"kind":"message","id":"m1","from":"romeo@localhost","to":"juliet@localhost","sentAt":"2026-11-23T10:00:00.123Z","body":"line one\nline two","data":{"a":1.50}}""",
            await LineAsync(lines));
        Assert.Equal("", await LineAsync(lines));
        juliet.Append("", kind: ItemKind.Read, ids: ["m1"]);
        Assert.Equal("id: 2", await LineAsync(lines));
        Assert.Equal("event: read", await LineAsync(lines));
    }

    [Fact]
    public async Task Last_Event_ID_wins_over_after()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        for (var i = 0; i < 4; i++) juliet.Append("x");
        var (token, _) = gateway.SignIn("juliet");
        using var client = gateway.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/mailbox/stream?after=1&access_token={token}");
        request.Headers.Add("Last-Event-ID", "3");
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        await LineAsync(lines);
        await LineAsync(lines);
        Assert.Equal("id: 4", await LineAsync(lines));
    }

    [Fact]
    public async Task Ndjson_has_one_item_a_line()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        juliet.Append("a\nb\u2028c\u0085d");
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        using var answer = await OpenAsync(client, "/v1/mailbox/stream", "application/x-ndjson");
        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType!.ToString());
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("", await LineAsync(lines));
        Assert.Equal("a\nb\u2028c\u0085d", (string)(await ItemAsync(lines))["body"]!);
        for (var i = 0; i < 50; i++)
        {
            juliet.Append($"{i}");
            Assert.Equal($"{i}", (string)(await ItemAsync(lines))["body"]!);
        }
    }

    [Fact]
    public async Task A_forever_frame_lets_no_markup_through()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        var body = "</script><script>alert('&amp;')</script>\u2028\u2029â€€";
        juliet.Append(body, data: "{\"x\":\"<!-- \u2028 â -->\"}");
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        using var answer = await OpenAsync(client, "/v1/mailbox/stream", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.StartsWith("<!DOCTYPE html>", await LineAsync(lines), StringComparison.Ordinal);
        Assert.True((await LineAsync(lines)).Length > 1024);
        var line = await LineAsync(lines);
        const string Start = "<script>parent.krewe.receive(", End = ")</script>";
        Assert.StartsWith(Start, line, StringComparison.Ordinal);
        Assert.EndsWith(End, line, StringComparison.Ordinal);
        var json = line[Start.Length..^End.Length];
        Assert.DoesNotContain(json, c => c is '<' or '>' or '&' or '\u2028' or '\u2029');
        Assert.Equal(body, (string)JsonNode.Parse(json)!["body"]!);
        Assert.Equal("<!-- \u2028 â -->", (string)JsonNode.Parse(json)!["data"]!["x"]!);
    }

    [Fact]
    public async Task A_silent_stream_has_a_heartbeat_within_15_seconds()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(time);
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        foreach (var (accept, preamble, heartbeat) in new[] { ("text/event-stream", 2, ":"), ("application/x-ndjson", 1, ""), ("text/html", 2, "<!-- -->") })
        {
            using var answer = await OpenAsync(client, "/v1/mailbox/stream", accept);
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
            for (var i = 0; i < preamble; i++) await LineAsync(lines);
            for (var i = 0; i < 2; i++)
            {
                for (var second = 0; second < 15; second++) time.Advance(TimeSpan.FromSeconds(1));
                Assert.Equal(heartbeat, await LineAsync(lines));
                if (accept == "text/event-stream") Assert.Equal("", await LineAsync(lines));
            }
        }
    }

    [Fact]
    public async Task Signing_out_an_expired_token_and_a_deleted_account_end_the_stream()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(time);
        var juliet = gateway.Cluster.User("juliet");
        var (token, info) = gateway.SignIn("juliet");
        using var client = gateway.Client(token);
        using var others = gateway.Client(gateway.SignIn("juliet", "tablet").Token);

        using var first = await OpenAsync(client, "/v1/mailbox/stream");
        using var second = await OpenAsync(others, "/v1/mailbox/stream");
        await juliet.RevokeTokenAsync(info);
        await EndAsync(first);
        Assert.Equal(1, gateway.Registry.Count);
        gateway.Cluster.Publish(new CloseEvent(juliet.Address, null, CloseReason.AccountDeleted));
        await EndAsync(second);

        using var third = await OpenAsync(others, "/v1/mailbox/stream");
        time.SetUtcNow(info.ExpiresAt + TimeSpan.FromSeconds(2));
        await EndAsync(third);
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.IsEmpty, "the grain was told");
    }

    [Fact]
    public async Task A_drained_gateway_says_when_to_come_back_and_ends_the_stream()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        using var answer = await OpenAsync(client, "/v1/mailbox/stream");
        var text = answer.Content.ReadAsStringAsync();
        await gateway.StopAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Matches("retry: [0-9]+\n\n$", await text.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_reader_that_never_reads_is_cut_off_and_others_are_not_disturbed()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        var (token, _) = gateway.SignIn("juliet");
        using var stuck = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await stuck.ConnectAsync(IPAddress.Loopback, gateway.Address.Port);
        await stuck.SendAsync(Encoding.ASCII.GetBytes($"GET /v1/mailbox/stream HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nAuthorization: Bearer {token}\r\n\r\n"));
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.Length == 1, "the stream was registered");

        using var client = gateway.Client(gateway.SignIn("juliet", "tablet").Token);
        using var answer = await OpenAsync(client, "/v1/mailbox/stream", "application/x-ndjson");
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        await LineAsync(lines);
        var body = new string('x', 30_000);
        var sent = 0;
        while (gateway.Registry.Count == 2)
        {
            Assert.True(++sent < 2_000, "60 MB went to a reader that does not read.");
            juliet.Append(body);
            Assert.Equal(sent, (long)(await ItemAsync(lines))["seq"]!);
        }
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.Length == 1, "the stuck stream was deregistered");
    }

    [Fact]
    public async Task A_slow_reader_of_a_long_backlog_is_served_at_its_own_pace()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        var body = new string('x', 10_000);
        for (var i = 0; i < 1_000; i++) juliet.Append(body);
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        using var answer = await OpenAsync(client, "/v1/mailbox/stream", "application/x-ndjson");
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        await LineAsync(lines);
        for (var seq = 1; seq <= 1_000; seq++) Assert.Equal(seq, (long)(await ItemAsync(lines))["seq"]!);
    }

    [Fact]
    public async Task A_client_that_vanishes_is_deregistered()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        var answer = await OpenAsync(client, "/v1/mailbox/stream");
        Assert.Single(juliet.Sessions);
        answer.Dispose();
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.IsEmpty, "the session was deregistered");
    }

    [Fact]
    public async Task One_user_has_a_bound_on_connections()
    {
        await using var gateway = await TestGateway.StartAsync(limits: limits => limits.ConnectionsPerUser = 2);
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        using var first = await OpenAsync(client, "/v1/mailbox/stream");
        using var second = await OpenAsync(client, "/v1/mailbox/stream");
        using var third = await OpenAsync(client, "/v1/mailbox/stream");
        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        using var romeo = gateway.Client(gateway.SignIn("romeo").Token);
        using var other = await OpenAsync(romeo, "/v1/mailbox/stream");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task When_the_grain_has_moved_the_stream_goes_on()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        using var answer = await OpenAsync(client, "/v1/mailbox/stream", "application/x-ndjson");
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        await LineAsync(lines);
        juliet.ForgetSessions();
        juliet.Append("while nobody was told");
        juliet.Away = true;
        gateway.Cluster.Publish(new RegisterAgainEvent(juliet.Address));
        await Eventually.HoldsAsync(() => juliet.Registrations >= 3, "the grain was tried again");
        juliet.Away = false;
        Assert.Equal(1, (long)(await ItemAsync(lines))["seq"]!);
        Assert.True(Assert.Single(juliet.Sessions).Again);
        juliet.Append("live again");
        Assert.Equal(2, (long)(await ItemAsync(lines))["seq"]!);
    }
}
