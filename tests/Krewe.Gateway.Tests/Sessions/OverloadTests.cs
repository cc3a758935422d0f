using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Krewe.Gateway.Sessions;
using Krewe.Gateway.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Gateway.Tests.Sessions;

/// <summary>More clients than there is room or time for: they are spread, or told when to come again; who is in is not disturbed.</summary>
public sealed class OverloadTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Who_comes_while_others_are_let_in_waits_for_a_turn()
    {
        await using var gateway = await TestGateway.StartAsync(limits: limits => limits.HandshakesAtOnce = 1);
        var (romeo, juliet) = (gateway.Cluster.User("romeo"), gateway.Cluster.User("juliet"));
        var gate = new TaskCompletionSource();
        romeo.OpenGate = gate.Task;
        var first = SocketClient.OpenAsync(gateway, gateway.SignIn("romeo").Token);
        await gateway.Cluster.UntilAsync(() => romeo.Registrations == 1, "romeo is being let in");
        var second = SocketClient.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        using var stream = gateway.Client(gateway.SignIn("juliet", "tablet").Token);
        var third = stream.GetAsync("/v1/mailbox/stream", HttpCompletionOption.ResponseHeadersRead);
        using var anybody = gateway.Client(gateway.SignIn("mercutio").Token);
        // What opens nothing does not wait.
        Assert.Equal(HttpStatusCode.NoContent, (await anybody.PutAsJsonAsync("/v1/presence", new { show = "away" }).WaitAsync(Patience)).StatusCode);
        Assert.Equal(0, juliet.Registrations);

        gate.SetResult();

        await using var one = await first.WaitAsync(Patience);
        await using var other = await second.WaitAsync(Patience);
        using var answer = await third.WaitAsync(Patience);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(2, juliet.Registrations);
    }

    [Fact]
    public async Task Who_finds_the_queue_full_is_told_when_to_come_again()
    {
        await using var gateway = await TestGateway.StartAsync(limits: limits => (limits.HandshakesAtOnce, limits.HandshakesWaiting) = (1, 0));
        var romeo = gateway.Cluster.User("romeo");
        var gate = new TaskCompletionSource();
        romeo.OpenGate = gate.Task;
        var first = SocketClient.OpenAsync(gateway, gateway.SignIn("romeo").Token);
        await gateway.Cluster.UntilAsync(() => romeo.Registrations == 1, "romeo is being let in");
        using var client = gateway.Client(gateway.SignIn("juliet").Token);

        await AssertUnavailableAsync(client, "/v1/mailbox/stream");
        await AssertUnavailableAsync(client, "/v1/mailbox?wait=1");

        gate.SetResult();
        await using var one = await first.WaitAsync(Patience);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/mailbox")).StatusCode);
    }

    [Fact]
    public async Task Nobody_waits_for_a_turn_for_ever()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(time, limits => limits.HandshakesAtOnce = 1);
        var romeo = gateway.Cluster.User("romeo");
        var gate = new TaskCompletionSource();
        romeo.OpenGate = gate.Task;
        var first = SocketClient.OpenAsync(gateway, gateway.SignIn("romeo").Token);
        await gateway.Cluster.UntilAsync(() => romeo.Registrations == 1, "romeo is being let in");
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        var late = AssertUnavailableAsync(client, "/v1/mailbox/stream");

        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!late.IsCompleted && await beat.WaitForNextTickAsync()) time.Advance(TimeSpan.FromSeconds(1));

        await late;
        gate.SetResult();
        await using var one = await first.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_gateway_has_a_bound_on_connections()
    {
        await using var gateway = await TestGateway.StartAsync(limits: limits => limits.Connections = 1);
        await using (await SocketClient.OpenAsync(gateway, gateway.SignIn("romeo").Token))
        {
            using var client = gateway.Client(gateway.SignIn("juliet").Token);
            Assert.Contains("bound", await AssertUnavailableAsync(client, "/v1/mailbox/stream"), StringComparison.Ordinal);
            // A poll holds no connection.
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/mailbox")).StatusCode);
        }
        await Eventually.HoldsAsync(() => gateway.Registry.Sessions().All(session => !session.IsConnection), "romeo's socket has ended");
        await using var next = await SocketClient.OpenAsync(gateway, gateway.SignIn("juliet").Token);
    }

    [Fact]
    public async Task When_all_queues_together_are_full_those_go_that_do_not_read()
    {
        // One client alone may have as much as it likes waiting: only the sum is bounded.
        await using var gateway = await TestGateway.StartAsync(limits: limits => (limits.SendQueueBytes, limits.SendQueuesBytes) = (int.MaxValue, 70_000));
        var juliet = gateway.Cluster.User("juliet");
        using var stuck = await RawSocket.OpenAsync(gateway, gateway.SignIn("juliet").Token);
        using var alsoStuck = await RawSocket.OpenAsync(gateway, gateway.SignIn("juliet", "watch").Token);
        await using var client = await SocketClient.OpenAsync(gateway, gateway.SignIn("juliet", "tablet").Token);
        await client.ReadAsync("hello");
        var body = new string('x', 30_000);
        var sent = 0;
        while (gateway.Registry.Count == 3)
        {
            Assert.True(++sent < 2_000, "60 MB went to readers that do not read.");
            juliet.Append(body);
            Assert.Equal(sent, (long)(await client.ReadAsync("item"))["item"]!["seq"]!);
        }
        Assert.Contains(gateway.Registry.Sessions(), session => session.Device == "tablet");
        var memory = gateway.Services.GetRequiredService<SlowestFirst>().Memory;
        await Eventually.HoldsAsync(() => memory.Bytes <= memory.Bound, "what waits is within the bound again");
        await gateway.StopAsync().WaitAsync(Patience);
        // Nothing is counted that is not there.
        await Eventually.HoldsAsync(() => memory.Bytes == 0, "nothing waits any more");
    }

    [Fact]
    public async Task A_send_that_is_under_way_when_the_gateway_drains_gets_its_answer_before_the_end()
    {
        await using var gateway = await TestGateway.StartAsync();
        var romeo = gateway.Cluster.User("romeo");
        gateway.Cluster.User("juliet");
        var gate = new TaskCompletionSource();
        romeo.SendGate = gate.Task;
        await using var client = await SocketClient.OpenAsync(gateway, gateway.SignIn("romeo").Token);
        await client.ReadAsync("hello");
        await client.SendAsync("""{"type":"send","ref":"1","to":"juliet@localhost","body":"hi","id":"m1"}""");
        await Eventually.HoldsAsync(() => romeo.SendBatches.Count == 1, "the send is under way");

        var stopping = gateway.StopAsync();
        var closing = await client.ReadAsync("closing");
        Assert.Equal("drain", (string)closing["reason"]!);
        gate.SetResult();

        Assert.Equal("m1", (string)(await NextAsync(client, "sent"))["id"]!);
        while (await client.ReadAsync() is not null)
        {
            // Romeo's own copy.
        }
        await client.DisposeAsync();
        await stopping.WaitAsync(Patience);
    }

    private static async Task<JsonObject> NextAsync(SocketClient client, string type)
    {
        while (true)
        {
            var frame = await client.ReadAsync() ?? throw new InvalidOperationException($"Closed before {type}.");
            if ((string)frame["type"]! == type) return frame;
        }
    }

    private static async Task<string> AssertUnavailableAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(31));
        var problem = await answer.Content.ReadFromJsonAsync<JsonObject>();
        Assert.Equal("unavailable", (string)problem!["code"]!);
        return (string)problem["detail"]!;
    }
}
