using System.Net.WebSockets;
using System.Text;
using Krewe.Core.Connections;
using Krewe.Gateway.Tests.Fakes;
using Krewe.Gateway.Transports.WebSocket;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Gateway.Tests.Transports;

/// <summary>Handshakes and frames that no client library sends.</summary>
public sealed class WebSocketFrameTests
{
    private const byte Text = 0x81;

    [Theory]
    [InlineData("Sec-WebSocket-Protocol: other", 400)]
    [InlineData("Sec-WebSocket-Version: 8", 400)]
    [InlineData("Sec-WebSocket-Key: short", 400)]
    [InlineData("Upgrade: -", 400)]
    [InlineData("Authorization: -", 401)]
    [InlineData("Authorization: Bearer nonsense", 401)]
    [InlineData("Origin: https://evil.example", 403)]
    [InlineData("Origin: null", 403)]
    [InlineData("Origin: https://friend.example", 101)]
    [InlineData("Sec-WebSocket-Protocol: other, krewe.v1.json", 101)]
    public async Task A_handshake_is_answered_as_it_deserves(string header, int status)
    {
        await using var gateway = await TestGateway.StartAsync(http: http => http.AllowedOrigins.Add("https://friend.example"));
        using var raw = await RawSocket.OpenAsync(gateway, gateway.SignIn("juliet").Token, header);
        Assert.StartsWith($"HTTP/1.1 {status}", raw.Answer[0], StringComparison.Ordinal);
        if (status != 101)
        {
            Assert.Contains("Content-Type: application/problem+json", raw.Answer);
            await gateway.Cluster.UntilAsync(() => gateway.Cluster.User("juliet").Sessions.IsEmpty, "nothing stays registered");
        }
        else
        {
            // RFC 6455, section 1.3, has this pair.
            Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", raw.Answer);
        }
    }

    [Fact]
    public async Task The_servers_own_pages_may_open_one()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var raw = await RawSocket.OpenAsync(gateway, gateway.SignIn("juliet").Token, $"Origin: http://{gateway.Address.Authority}");
        Assert.StartsWith("HTTP/1.1 101", raw.Answer[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?after=1", 409)]
    [InlineData("?after=x", 400)]
    public async Task A_bad_cursor_is_refused_before_the_upgrade(string query, int status)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Authorization", "Bearer " + gateway.SignIn("juliet").Token);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://{gateway.Address.Authority}/v1/ws{query}"), CancellationToken.None));
        Assert.Equal(status, (int)socket.HttpStatusCode);
        await gateway.Cluster.UntilAsync(() => gateway.Cluster.User("juliet").Sessions.IsEmpty, "nothing stays registered");
    }

    [Fact]
    public async Task A_request_that_is_no_WebSocket_is_400()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        Assert.Equal(400, (int)(await client.GetAsync("/v1/ws")).StatusCode);
    }

    [Theory]
    [InlineData("a binary frame", 0x82, true, "x", 1003)]
    [InlineData("bad UTF-8", Text, true, "\u00ff\u00fe", 1007)]
    [InlineData("a frame without mask", Text, false, "{ \"type\": \"ping\" }", 1002)]
    [InlineData("a reserved bit", 0xc1, true, "{}", 1002)]
    [InlineData("a reserved opcode", 0x83, true, "{}", 1002)]
    [InlineData("a continuation of nothing", 0x80, true, "{}", 1002)]
    [InlineData("a fragmented ping", 0x09, true, "x", 1002)]
    [InlineData("a close frame of one byte", 0x88, true, "x", 1002)]
    [InlineData("a close code that must not be sent", 0x88, true, "\u0003\u00ed", 1002)]
    public async Task What_breaks_the_protocol_closes_with_its_code(string what, byte first, bool masked, string latin, int code)
    {
        Assert.NotEmpty(what);
        await using var gateway = await TestGateway.StartAsync();
        using var raw = await RawSocket.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        await raw.FrameAsync(first, Encoding.Latin1.GetBytes(latin), masked);
        Assert.Equal(code, await raw.CloseCodeAsync());
        Assert.Contains(": ", raw.CloseText, StringComparison.Ordinal);
        raw.Dispose();
        await gateway.Cluster.UntilAsync(() => gateway.Cluster.User("juliet").Sessions.IsEmpty, "the session was deregistered");
    }

    // No byte of the payload comes: the header is enough.
    [Theory]
    [InlineData("a text frame over the bound", new byte[] { Text, 0xff, 0, 0, 0, 0, 0, 1, 0, 1 }, 1009, "too-large: A message has at most 65536 bytes.")]
    [InlineData("a length of 63 bits", new byte[] { Text, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, 1009, "too-large: A message has at most 65536 bytes.")]
    [InlineData("a length of 64 bits", new byte[] { Text, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0 }, 1002, "protocol-error: A length has 63 bits.")]
    [InlineData("a fragment that passes the bound", new byte[] { 0x01, 0x81, 0, 0, 0, 0, 0x7b, 0x00, 0xff, 0, 0, 0, 0, 0, 1, 0, 0 }, 1009, "too-large: A message has at most 65536 bytes.")]
    [InlineData("a ping that is too long", new byte[] { 0x89, 0xfe }, 1002, "protocol-error: A control frame has at most 125 bytes.")]
    [InlineData("a message in a message", new byte[] { 0x01, 0x80, 0, 0, 0, 0, Text }, 1002, "protocol-error: The message before has no end.")]
    public async Task A_header_that_breaks_a_rule_closes_at_once_and_says_why(string what, byte[] bytes, int code, string text)
    {
        Assert.NotEmpty(what);
        await using var gateway = await TestGateway.StartAsync();
        using var raw = await RawSocket.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        await raw.SendAsync(bytes);
        Assert.Equal((code, text), (await raw.CloseCodeAsync(), raw.CloseText));
    }

    [Fact]
    public async Task What_came_before_a_refused_frame_is_still_done()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var raw = await RawSocket.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        var message = Encoding.UTF8.GetBytes("""{"type":"send","to":"romeo","body":"hi"}""");
        await raw.SendAsync([Text, (byte)(0x80 | message.Length), 0, 0, 0, 0, .. message, 0x82, 0x80]);
        Assert.Equal((1003, "unsupported-data: Frames are text here."), (await raw.CloseCodeAsync(), raw.CloseText));
        await Eventually.HoldsAsync(() => gateway.Cluster.User("romeo").Last == 1, "the message came");
    }

    [Fact]
    public async Task A_message_in_fragments_is_put_together()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var raw = await RawSocket.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        var message = Encoding.UTF8.GetBytes("""{"type":"send","to":"romeo","body":"grüße €"}""");
        await raw.FrameAsync(0x01, message[..10]);
        for (var i = 10; i < message.Length - 1; i++)
        {
            await raw.FrameAsync(0x00, [message[i]]);
            if (i % 10 == 0) await raw.FrameAsync(0x89, "between"u8.ToArray());
        }
        await raw.FrameAsync(0x80, message[^1..]);
        await Eventually.HoldsAsync(() => gateway.Cluster.User("romeo").Last == 1, "the message came");
        Assert.Equal("grüße €", gateway.Cluster.User("romeo").Items[0].Body);
    }

    [Fact]
    public async Task A_message_that_is_too_large_closes_with_1009_whole_or_in_fragments()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var whole = await RawSocket.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        await whole.FrameAsync(Text, new byte[65_537].Select(_ => (byte)' ').ToArray());
        Assert.Equal(1009, await whole.CloseCodeAsync());

        using var endless = await RawSocket.OpenAsync(gateway, gateway.SignIn("juliet", "tablet").Token);
        await endless.FrameAsync(0x01, "{"u8.ToArray());
        for (var i = 0; i < 66; i++) await endless.FrameAsync(0x00, Enumerable.Repeat((byte)' ', 1_000).ToArray());
        Assert.Equal(1009, await endless.CloseCodeAsync());
    }

    [Fact]
    public async Task A_message_of_exactly_the_bound_is_taken()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await SocketClient.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        await client.ReadAsync("hello");
        const string Frame = """{"type":"ping","ref":"p"}""";
        await client.SendAsync(Frame + new string(' ', 65_536 - Frame.Length));
        await client.ReadAsync("pong");
    }

    [Fact]
    public async Task Fragments_without_content_and_without_end_are_cut_off()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var raw = await RawSocket.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        await raw.FrameAsync(0x01, []);
        for (var i = 0; i < 100; i++) await raw.FrameAsync(0x00, []);
        Assert.Equal((1002, "protocol-error: A message has at most 64 fragments without content."), (await raw.CloseCodeAsync(), raw.CloseText));
    }

    [Fact]
    public async Task A_reader_that_never_reads_is_cut_off_and_others_are_not_disturbed()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        using var stuck = await RawSocket.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        await using var client = await SocketClient.OpenAsync(gateway, gateway.SignIn("juliet", "tablet").Token);
        await client.ReadAsync("hello");
        var body = new string('x', 30_000);
        var sent = 0;
        while (gateway.Registry.Count == 2)
        {
            Assert.True(++sent < 2_000, "60 MB went to a reader that does not read.");
            juliet.Append(body);
            Assert.Equal(sent, (long)(await client.ReadAsync("item"))["item"]!["seq"]!);
        }
        Assert.Equal("tablet", Assert.Single(gateway.Registry.Sessions()).Device);
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.Length == 1, "the stuck session was deregistered");
    }

    [Fact]
    public async Task A_goodbye_to_a_reader_that_never_reads_takes_three_seconds_and_no_more()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(time);
        var juliet = gateway.Cluster.User("juliet");
        // More than the kernel takes on both sides: so much waits here that the close frame must wait as well.
        var (body, full) = (new string('x', 30_000), 0);
        for (var i = 0; i < 400; i++) juliet.Append(body);
        using var stuck = await RawSocket.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        var session = Assert.IsType<WebSocketSession>(Assert.Single(gateway.Registry.Sessions()));
        await Eventually.HoldsAsync(() => (full = session.HasRoom ? 0 : full + 1) == 40, "the connection was full and stayed so");

        var end = session.CloseAsync(CloseReason.Drain);
        var began = time.GetUtcNow();
        await Eventually.HoldsAsync(
            () =>
            {
                if (!end.IsCompleted && time.GetUtcNow() - began < TimeSpan.FromSeconds(4)) time.Advance(TimeSpan.FromMilliseconds(100));
                return end.IsCompleted;
            },
            "the session ended, as four seconds passed for it");
    }

    [Fact]
    public async Task Pings_without_end_to_a_server_that_cannot_answer_take_no_memory()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var raw = await RawSocket.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        var ping = new byte[131];
        (ping[0], ping[1]) = (0x89, 0xfd);
        var many = Enumerable.Repeat(ping, 500).SelectMany(bytes => bytes).ToArray();
        var taken = 0L;
        // Until the server reads no more: then our own writes wait.
        while (taken < 200_000_000)
        {
            var write = raw.SendAsync(many);
            if (await Task.WhenAny(write, Task.Delay(TimeSpan.FromSeconds(2))) != write) break;
            taken += many.Length;
        }
        Assert.True(taken < 100_000_000, "The server takes pings without end although nobody reads its answers.");
    }

    [Fact]
    public async Task A_connection_that_breaks_off_is_deregistered()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        using var raw = await RawSocket.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.Length == 1, "the session was registered");
        await raw.SendAsync(Text, 0xff, 0, 0);
        raw.Client.LingerState = new(true, 0);
        raw.Dispose();
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.IsEmpty, "the session was deregistered");
    }
}
