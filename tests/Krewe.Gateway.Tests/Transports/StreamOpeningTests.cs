using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Krewe.Core.Addresses;
using Krewe.Core.Connections;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Sessions;
using Krewe.Gateway.Tests.Fakes;
using Krewe.Gateway.Transports.Streaming;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.Time.Testing;
using static Krewe.Gateway.Tests.Transports.StreamLines;

namespace Krewe.Gateway.Tests.Transports;

/// <summary>Between a stream's registration and its headers.</summary>
public sealed class StreamOpeningTests
{
    // The clock's tick took a session that had not begun for one that was silent for long, and its heartbeat sent the response without headers.
    [Fact]
    public async Task A_stream_writes_nothing_before_its_headers_are_set()
    {
        await using var gateway = await TestGateway.StartAsync();
        var parts = ActivatorUtilities.GetServiceOrCreateInstance<SessionParts>(gateway.Services);
        var caller = new Caller(Jid.FromCanonical("juliet@localhost"), gateway.SignIn("juliet").Info);
        using var body = new MemoryStream();
        var session = new StreamSession(caller, 0, new ServerSentEvents(), body, () => { }, parts);

        session.Tick(parts.Time.GetTimestamp());
        session.Flush();
        await session.CloseAsync(CloseReason.Drain);

        Assert.Empty(body.ToArray());
        Assert.True(session.Ended.IsCompletedSuccessfully);
    }

    [Theory]
    [InlineData("", "text/event-stream")]
    [InlineData("*/*", "text/event-stream")]
    [InlineData("text/*", "text/event-stream")]
    [InlineData("application/*", "application/x-ndjson")]
    [InlineData("text/html", "text/html")]
    [InlineData("text/event-stream;q=0.5, application/x-ndjson", "application/x-ndjson")]
    [InlineData("text/event-stream;q=0, */*;q=0.1", "application/x-ndjson")]
    [InlineData("text/html;charset=utf-8", "text/html")]
    [InlineData("application/json", null)]
    [InlineData("text/event-stream;q=0", null)]
    [InlineData("nonsense", null)]
    public void Accept_is_understood(string accept, string? expected) =>
        Assert.Equal(expected, Negotiation.Choose(new StringValues(accept), StreamEndpoint.Formats, format => format.MediaType)?.MediaType);

    [Theory]
    [InlineData("/v1/mailbox/stream", "application/json", 406, "Accept")]
    [InlineData("/v1/mailbox/stream?after=x", "*/*", 400, "after")]
    [InlineData("/v1/mailbox/stream?after=1", "*/*", 409, null)]
    public async Task A_bad_request_is_refused(string address, string accept, int status, string? member)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        using var answer = await OpenAsync(client, address, accept);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(member, (string?)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["member"]);
        await gateway.Cluster.UntilAsync(() => gateway.Cluster.User("juliet").Sessions.IsEmpty, "nothing stays registered");
    }

    [Fact]
    public async Task The_clock_and_events_between_registration_and_start_write_nothing_and_lose_nothing()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(time);
        var juliet = gateway.Cluster.User("juliet");
        var gate = new TaskCompletionSource();
        juliet.OpenGate = gate.Task;
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        var opening = OpenAsync(client, "/v1/mailbox/stream");
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.Length == 1, "the stream was registered");
        juliet.Append("in between");
        gateway.Services.GetServices<IHostedService>().OfType<SessionClock>().Single().Tick();
        gate.SetResult();
        using var answer = await opening;
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.ToString());
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal(": krewe", await LineAsync(lines));
        Assert.Equal("", await LineAsync(lines));
        Assert.Equal("id: 1", await LineAsync(lines));
    }

    [Fact]
    public async Task A_registration_that_fails_or_is_given_up_leaves_nothing_behind()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        juliet.Away = true;
        using var client = gateway.Client(gateway.SignIn("juliet").Token);
        using var answer = await OpenAsync(client, "/v1/mailbox/stream");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(0, gateway.Registry.Count);

        using var giveUp = new CancellationTokenSource();
        var before = juliet.Registrations;
        var opening = client.GetAsync("/v1/mailbox/stream", giveUp.Token);
        await Eventually.HoldsAsync(() => juliet.Registrations > before, "the grain was asked");
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        await Eventually.HoldsAsync(() => gateway.Registry.Count == 0, "the session was forgotten");
        juliet.Away = false;
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.IsEmpty, "nothing stays registered");
    }

    [Fact]
    public async Task A_sign_out_between_registration_and_start_is_401()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        var gate = new TaskCompletionSource();
        juliet.OpenGate = gate.Task;
        var (token, info) = gateway.SignIn("juliet");
        using var client = gateway.Client(token);
        var stream = OpenAsync(client, "/v1/mailbox/stream");
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.Length == 1, "the stream was registered");
        await juliet.RevokeTokenAsync(info);
        gate.SetResult();
        using var answer = await stream;
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.ToString());
        await gateway.Cluster.UntilAsync(() => juliet.Sessions.IsEmpty, "nothing stays registered");
    }
}
