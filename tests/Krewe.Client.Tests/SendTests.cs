using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Krewe.Client.Tests;

public sealed class SendTests : IAsyncLifetime
{
    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(503, "unavailable")]
    [InlineData(429, "rate-limited")]
    [InlineData(502, "http")]
    public async Task A_passing_refusal_is_tried_again_under_the_same_id(int status, string code)
    {
        var asked = new List<string>();
        _server.Fault = async context =>
        {
            context.Request.EnableBuffering();
            using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
            asked.Add(JsonDocument.Parse(await reader.ReadToEndAsync()).RootElement.GetProperty("id").GetString()!);
            context.Request.Body.Position = 0;
            return asked.Count < 3 && await ScriptedServer.RefuseAsync(context, status, code);
        };
        using var client = _server.Client();
        var sent = await client.SendAsync("romeo", "hi");
        Assert.Equal(3, asked.Count);
        Assert.Single(asked.Distinct());
        Assert.Equal(asked[0], sent.Id);
    }

    [Fact]
    public async Task A_connection_that_breaks_before_the_answer_is_tried_again_under_the_same_id()
    {
        var asked = 0;
        _server.Fault = context =>
        {
            if (++asked > 2) return Task.FromResult(false);
            context.Abort();
            return Task.FromResult(true);
        };
        using var client = _server.Client();
        var sent = await client.SendAsync(new OutgoingMessage("romeo") { Body = "hi", Id = "mine" });
        Assert.Equal(("mine", 3), (sent.Id, asked));
    }

    [Theory]
    [InlineData(400, "bad-request")]
    [InlineData(404, "not-found")]
    [InlineData(409, "id-conflict")]
    [InlineData(413, "too-large")]
    public async Task A_final_refusal_is_not_tried_again(int status, string code)
    {
        _server.Fault = context => ScriptedServer.RefuseAsync(context, status, code, ",\"member\":\"to\"");
        using var client = _server.Client();
        var error = await Assert.ThrowsAsync<KreweException>(() => client.SendAsync("romeo", "hi"));
        Assert.Equal((code, "to"), (error.Code, error.Member));
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task Hints_go_with_the_message_and_a_mute_with_its_end()
    {
        var bodies = new List<string>();
        _server.Fault = async context =>
        {
            context.Request.EnableBuffering();
            using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
            bodies.Add($"{context.Request.Method} {context.Request.Path} {await reader.ReadToEndAsync()}");
            context.Request.Body.Position = 0;
            if (context.Request.Path == "/v1/messages") return false;
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return true;
        };
        using var client = _server.Client();
        await client.SendAsync(new OutgoingMessage("romeo") { Body = "hi", Id = "1", Push = new PushHints { Urgent = true } });
        await client.MuteAsync("romeo", DateTimeOffset.UnixEpoch);
        await client.MuteAsync("romeo");
        await client.UnmuteAsync("romeo");
        Assert.Contains("\"push\":{\"urgent\":true,\"silent\":false}", bodies[0], StringComparison.Ordinal);
        Assert.Equal(
            ["PUT /v1/mutes/romeo {\"until\":\"1970-01-01T00:00:00+00:00\"}", "PUT /v1/mutes/romeo {}", "DELETE /v1/mutes/romeo "], bodies[1..]);
    }

    [Fact]
    public async Task Before_signing_in_nothing_is_sent()
    {
        using var client = _server.Client();
        client.Token = null;
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.SendAsync("romeo", "hi"));
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public void A_token_does_not_print_its_secret() =>
        Assert.DoesNotContain("secret", new Token("secret", DateTimeOffset.MaxValue, "a@b", "c").ToString(), StringComparison.Ordinal);

    [Fact]
    public async Task Whoever_waits_to_write_to_a_socket_is_told_when_it_is_closed()
    {
        _server.Fault = async context =>
        {
            if (!context.WebSockets.IsWebSocketRequest) return false;
            using var mute = await context.WebSockets.AcceptWebSocketAsync("krewe.v1.json");
            await mute.SendAsync("""{"type":"hello","address":"juliet@localhost","device":"phone","last":0}"""u8.ToArray(), WebSocketMessageType.Text, true, context.RequestAborted);
            // It reads nothing: soon the client cannot write any more.
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };
        using var client = _server.Client();
        var socket = await client.ConnectAsync();
        var body = new string('x', 1 << 20);
        var sends = Enumerable.Range(0, 32).Select(_ => socket.SendAsync(new OutgoingMessage("romeo") { Body = body })).ToList();
        var ack = socket.AckAsync(1);

        await socket.DisposeAsync();

        foreach (var waiting in sends.Append(ack)) await Assert.ThrowsAsync<IOException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(30)));
    }
}
