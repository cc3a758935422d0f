using Krewe.Core.Addresses;
using Krewe.Core.Connections;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Sessions;
using Krewe.Gateway.Tests.Fakes;
using Krewe.Gateway.Transports.Streaming;
using Microsoft.Extensions.DependencyInjection;

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
}
