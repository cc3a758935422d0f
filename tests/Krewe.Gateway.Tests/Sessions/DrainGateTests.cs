using System.Net;
using Krewe.Core.Draining;
using Krewe.Gateway.Sessions;
using Krewe.Gateway.Tests.Hosting;
using Krewe.Gateway.Transports.Polling;
using Microsoft.Extensions.DependencyInjection;

namespace Krewe.Gateway.Tests.Sessions;

/// <summary>A whole silo that is drained while its process goes on.</summary>
public sealed class DrainGateTests
{
    [Fact]
    public async Task A_drained_gateway_has_answered_its_long_polls_and_refuses_what_comes()
    {
        await using var host = await GatewayHost.StartAsync();
        using var http = host.NewClient();
        var romeo = await Person.JoinAsync(http, "romeo");
        using var polling = new HttpRequestMessage(HttpMethod.Get, "/v1/mailbox?after=0&wait=60") { Headers = { Authorization = new("Bearer", romeo.Token) } };
        var poll = http.SendAsync(polling);
        var drain = host.Services.GetRequiredService<ISiloDrain>();
        var sessions = host.Services.GetRequiredService<SessionRegistry>();
        await Fakes.Eventually.HoldsAsync(() => sessions.Sessions().OfType<PollSession>().Any(session => session.Waits == 1), "the poll waits");
        Assert.Equal((DrainStage.Serving, 1), (drain.Stage, drain.Status.Sessions));

        await drain.DrainAsync().WaitAsync(TimeSpan.FromSeconds(30));

        using (var answer = await poll.WaitAsync(TimeSpan.FromSeconds(20))) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((DrainStage.Drained, 0), (drain.Stage, drain.Status.Sessions));
        using var refused = await http.GetAsync("/v1/contacts");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.True(refused.Headers.ConnectionClose);
        Assert.Contains("unavailable", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
