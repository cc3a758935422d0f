using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Krewe.Core.Addresses;
using Krewe.Core.Connections;
using Krewe.Core.Contacts;
using Krewe.Core.Gateways;
using Krewe.Core.Presence;
using Krewe.Gateway.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Gateway.Tests.Transports;

public sealed class WebSocketTests
{
    private static readonly Jid Romeo = Jid.FromCanonical("romeo@localhost");

    [Fact]
    public async Task It_begins_with_hello_and_what_was_missed()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        for (var i = 1; i <= 450; i++) juliet.Append($"message {i}");
        await using var client = await SocketClient.OpenAsync(gateway, gateway.SignIn("juliet").Token, after: 2);
        Assert.Equal("krewe.v1.json", client.Socket.SubProtocol);
        var hello = await client.ReadAsync("hello");
        Assert.Equal("juliet@localhost", (string)hello["address"]!);
        Assert.Equal("phone", (string)hello["device"]!);
        Assert.Equal(450, (long)hello["last"]!);
        for (var i = 3; i <= 450; i++) Assert.Equal($"message {i}", (string)(await client.ReadAsync("item"))["item"]!["body"]!);
        juliet.Append("live");
        Assert.Equal(451, (long)(await client.ReadAsync("item"))["item"]!["seq"]!);
    }

    [Fact]
    public async Task Send_is_answered_with_sent_and_the_item_comes_too()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await SocketClient.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        await client.ReadAsync("hello");
        await client.SendAsync("""{"type":"send","ref":"1","to":"romeo","body":"wherefore art thou","id":"a1","data":{"n":1.0}}""");
        var (sent, item) = Split(await client.ReadAsync(), await client.ReadAsync());
        Assert.Equal("""{"type":"sent","ref":"1","id":"a1","seq":1,"sentAt":"2026-11-23T10:00:00.123Z"}""", sent.ToJsonString());
        Assert.Equal("a1", (string)item["item"]!["id"]!);
        Assert.Equal("""{"n":1.0}""", gateway.Cluster.User("romeo").Items[0].Data);
    }

    [Fact]
    public async Task Sends_stay_in_order_and_what_waits_goes_together()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        var gate = new TaskCompletionSource();
        juliet.SendGate = gate.Task;
        await using var client = await SocketClient.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        await client.ReadAsync("hello");
        for (var i = 0; i < 1_000; i++)
        {
            await client.SendAsync($$"""{"type":"send","ref":"{{i}}","to":"romeo","body":"{{i}}"}""");
            // Its answer says that the 100 before it were read.
            if (i == 99) await PingAsync(client);
        }
        gate.SetResult();
        var answers = new List<string>();
        while (answers.Count < 1_000)
        {
            var frame = (await client.ReadAsync())!;
            if ((string)frame["type"]! == "sent") answers.Add((string)frame["ref"]!);
        }
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"{i}"), answers);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"{i}"), gateway.Cluster.User("romeo").Items.Select(item => item.Body));
        Assert.All(juliet.SendBatches, count => Assert.InRange(count, 1, 257));
        Assert.Equal(1, juliet.SendBatches[0]);
        Assert.True(juliet.SendBatches[1] >= 99, $"The second call took {juliet.SendBatches[1]} of the messages that waited.");
    }

    [Fact]
    public async Task A_flood_is_slowed_down_and_not_stored()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        var gate = new TaskCompletionSource();
        juliet.SendGate = gate.Task;
        await using var client = await SocketClient.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        await client.ReadAsync("hello");
        var frame = $$"""{"type":"send","to":"romeo","body":"{{new string('x', 60_000)}}"}""";
        var sent = 0;
        Task send;
        do
        {
            send = client.SendAsync(frame);
            sent++;
            await Task.WhenAny(send, Task.Delay(TimeSpan.FromSeconds(2)));
        }
        while (send.IsCompleted && sent < 2_000);
        Assert.True(sent < 1_000, "60 MB were taken that nobody stored.");
        gate.SetResult();
        await send;
        var answers = 0;
        while (answers < sent)
        {
            if ((string)(await client.ReadAsync())!["type"]! == "sent") answers++;
        }
    }

    [Fact]
    public async Task A_refused_send_is_an_error_with_its_ref_and_the_connection_stays()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await SocketClient.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        await client.ReadAsync("hello");
        await client.SendAsync("""{"type":"send","ref":"7","to":"nobody","body":"hello?"}""");
        var error = await client.ReadAsync("error");
        Assert.Equal("7", (string)error["ref"]!);
        Assert.Equal(("not-found", "to"), ((string)error["code"]!, (string?)error["member"]));
        await PingAsync(client);
    }

    [Theory]
    [InlineData("not json", null, null)]
    [InlineData("", null, null)]
    [InlineData("[]", null, null)]
    [InlineData("{}", null, "type")]
    [InlineData("""{"type":"dance","ref":"r"}""", "r", "type")]
    [InlineData("""{"type":1,"ref":"r"}""", "r", "type")]
    [InlineData("""{"type":"ping","ref":1}""", null, "ref")]
    [InlineData("""{"type":"send","ref":"r","body":"x"}""", "r", "to")]
    [InlineData("""{"type":"send","ref":"r","to":"romeo"}""", "r", "body")]
    [InlineData("""{"type":"send","ref":"r","to":"a b@c","body":"x"}""", "r", "to")]
    [InlineData("""{"type":"send","ref":"r","to":"romeo","body":"\ud800"}""", null, "body")]
    [InlineData("""{"type":"send","ref":"r","to":"romeo","body":"x","body":"y"}""", null, "body")]
    [InlineData("""{"type":"ack","ref":"r"}""", "r", "seq")]
    [InlineData("""{"type":"ack","ref":"r","seq":-1}""", "r", "seq")]
    [InlineData("""{"type":"presence","ref":"r","show":"here"}""", "r", "show")]
    [InlineData("""{"type":"typing","ref":"r","to":"romeo","state":"thinking"}""", "r", "state")]
    [InlineData("""{"type":"typing","ref":"r","state":"composing"}""", "r", "to")]
    public async Task A_bad_frame_is_an_error_that_names_the_member_and_the_connection_stays(string text, string? reference, string? member)
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await SocketClient.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        await client.ReadAsync("hello");
        await client.SendAsync(text);
        var error = await client.ReadAsync("error");
        Assert.Equal("bad-request", (string)error["code"]!);
        Assert.Equal(reference, (string?)error["ref"]);
        Assert.Equal(member, (string?)error["member"]);
        await PingAsync(client);
    }

    [Fact]
    public async Task Acks_presence_and_typing_reach_the_grain()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        for (var i = 0; i < 5; i++) juliet.Append("x");
        await using var client = await SocketClient.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        await client.ReadAsync("hello");
        for (var i = 0; i < 5; i++) await client.ReadAsync("item");
        await client.SendAsync("""{"type":"ack","seq":3,"read":true}""");
        await client.SendAsync("""{"type":"ack","seq":5}""");
        await gateway.Cluster.UntilAsync(() => juliet.Acks.Contains(("phone", 3, true)) && juliet.Acks.Contains(("phone", 5, false)), "the acks came");
        await client.SendAsync("""{"type":"ack","ref":"a","seq":6}""");
        var error = await client.ReadAsync("error");
        Assert.Equal(("cursor-ahead", "a", 5), ((string)error["code"]!, (string)error["ref"]!, (int)error["last"]!));
        await client.SendAsync("""{"type":"presence","show":"dnd","status":"asleep"}""");
        await client.SendAsync("""{"type":"typing","to":"romeo@localhost","state":"composing"}""");
        await PingAsync(client);
        Assert.Equal(new PresenceState { Show = Show.Dnd, Status = "asleep" }.Status, Assert.Single(juliet.Presences).Presence.Status);
        Assert.Equal((Romeo, "composing"), Assert.Single(juliet.Typings));
    }

    [Fact]
    public async Task Presence_typing_and_contacts_come_from_the_stream()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        await using var client = await SocketClient.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        await client.ReadAsync("hello");
        var away = new PresenceState { Show = Show.Away, Status = "banished" };
        gateway.Cluster.Publish(
            new PresenceEvent(juliet.Address, new PresenceChange(Romeo, "phone", away, away)),
            new PresenceEvent(juliet.Address, new PresenceChange(Romeo, "desk", away, away)) { OverallChanged = false },
            new TypingEvent(juliet.Address, Romeo, "phone", "composing"),
            new ContactEvent(juliet.Address, new Contact { Address = Romeo, Name = "R", Groups = ["Montague"], Subscription = Subscription.Both, Presence = away }),
            new TypingEvent(Jid.FromCanonical("nurse@localhost"), Romeo, "phone", "composing"),
            new TypingEvent(juliet.Address, Romeo, "phone", "gone") { SessionId = "another" });
        Assert.Equal("""{"type":"presence","from":"romeo@localhost","show":"away","status":"banished"}""", (await client.ReadAsync())!.ToJsonString());
        Assert.Equal("""{"type":"typing","from":"romeo@localhost","state":"composing"}""", (await client.ReadAsync())!.ToJsonString());
        Assert.Equal(
            """{"type":"contact","contact":{"address":"romeo@localhost","name":"R","groups":["Montague"],"subscription":"both","presence":{"show":"away","status":"banished"}}}""",
            (await client.ReadAsync())!.ToJsonString());
        await PingAsync(client);
    }

    [Fact]
    public async Task Two_sessions_of_a_user_get_the_same()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        await using var phone = await SocketClient.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        await using var tablet = await SocketClient.OpenAsync(gateway, gateway.SignIn("juliet", "tablet").Token);
        await phone.ReadAsync("hello");
        await tablet.ReadAsync("hello");
        for (var i = 0; i < 20; i++)
        {
            juliet.Append($"{i}");
            Assert.Equal((await phone.ReadAsync("item")).ToJsonString(), (await tablet.ReadAsync("item")).ToJsonString());
        }
    }

    [Fact]
    public async Task Signing_out_closes_with_a_word_before()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        var (token, info) = gateway.SignIn("juliet");
        await using var client = await SocketClient.OpenAsync(gateway, token);
        await client.ReadAsync("hello");
        await juliet.RevokeTokenAsync(info);
        Assert.Equal("""{"type":"closing","reason":"signed-out"}""", (await client.ReadAsync("closing")).ToJsonString());
        Assert.Equal(4401, await client.ReadToCloseAsync());
        Assert.Equal("signed-out", client.Socket.CloseStatusDescription);
        await client.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.IsEmpty, "the session was deregistered");
    }

    [Fact]
    public async Task A_token_that_expires_ends_the_connection()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(time);
        var (token, info) = gateway.SignIn("juliet");
        await using var client = await SocketClient.OpenAsync(gateway, token);
        await client.ReadAsync("hello");
        time.SetUtcNow(info.ExpiresAt + TimeSpan.FromSeconds(2));
        Assert.Equal("token-expired", (string)(await client.ReadAsync("closing"))["reason"]!);
        Assert.Equal(4401, await client.ReadToCloseAsync());
    }

    [Fact]
    public async Task A_drained_gateway_spreads_its_clients()
    {
        await using var gateway = await TestGateway.StartAsync();
        var clients = new List<SocketClient>();
        for (var i = 0; i < 8; i++)
        {
            clients.Add(await SocketClient.OpenAsync(gateway, gateway.SignIn($"user{i}").Token));
            await clients[^1].ReadAsync("hello");
        }
        var stop = gateway.StopAsync();
        var waits = new HashSet<double>();
        foreach (var client in clients)
        {
            var closing = await client.ReadAsync("closing");
            Assert.Equal("drain", (string)closing["reason"]!);
            waits.Add((double)closing["retryAfter"]!);
            Assert.Equal(1001, await client.ReadToCloseAsync());
            await client.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            await client.DisposeAsync();
        }
        Assert.True(waits.Count > 4, "The clients would all come back at once.");
        await stop.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, gateway.Registry.Count);
    }

    [Fact]
    public async Task A_client_that_says_goodbye_is_answered()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        await using var client = await SocketClient.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        await client.ReadAsync("hello");
        await client.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        Assert.Equal(1000, await client.ReadToCloseAsync());
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.IsEmpty, "the session was deregistered");
    }

    [Fact]
    public async Task A_client_that_does_not_answer_pings_is_gone_within_90_seconds()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(time);
        var juliet = gateway.Cluster.User("juliet");
        using var raw = await RawSocket.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        var nurse = gateway.Cluster.User("nurse");
        await using var client = await SocketClient.OpenAsync(gateway, gateway.SignIn("nurse").Token);
        await client.ReadAsync("hello");
        await Eventually.HoldsAsync(() => gateway.Registry.Count == 2, "both are there");
        for (var second = 0; second < 80; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            if (second % 20 == 0) await PingAsync(client);
        }
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.IsEmpty, "the silent client was given up");
        Assert.Single(nurse.Sessions);
    }

    [Fact]
    public async Task Over_http_2_it_works_the_same()
    {
        await using var gateway = await TestGateway.StartAsync(protocols: Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2);
        var juliet = gateway.Cluster.User("juliet");
        juliet.Append("hi");
        using var handler = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = System.Net.HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.SetRequestHeader("Authorization", "Bearer " + gateway.SignIn("juliet").Token);
        await socket.ConnectAsync(new Uri($"ws://{gateway.Address.Authority}/v1/ws"), invoker, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        var buffer = new byte[4096];
        var hello = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal("hello", (string)JsonNode.Parse(buffer.AsSpan(0, hello.Count))!["type"]!);
        var item = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal("item", (string)JsonNode.Parse(buffer.AsSpan(0, item.Count))!["type"]!);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
    }

    private static async Task PingAsync(SocketClient client)
    {
        await client.SendAsync("""{"type":"ping","ref":"p"}""");
        Assert.Equal("""{"type":"pong","ref":"p"}""", (await client.ReadAsync("pong")).ToJsonString());
    }

    private static (JsonObject Sent, JsonObject Item) Split(JsonObject? one, JsonObject? other) =>
        (string)one!["type"]! == "sent" ? (one, other!) : (other!, one);
}
