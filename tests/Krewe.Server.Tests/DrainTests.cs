using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using Krewe.ProcessHarness;

namespace Krewe.Server.Tests;

/// <summary>A stop with many clients: promised is an end within 10 s, whatever they do.</summary>
public sealed class DrainTests
{
    private const int Sockets = 500;
    private const int Users = 20;

    [Fact]
    public async Task Five_hundred_clients_that_answer_end_in_order()
    {
        await using var server = await KreweProcess.StartAsync();
        var sockets = await OpenAsync(server);
        var reading = sockets.Select(AnswerCloseAsync).ToArray();

        server.Signal(PosixSignal.SIGTERM);

        Assert.Equal(0, await server.ExitAsync(TimeSpan.FromSeconds(10)));
        Assert.DoesNotContain("cut off", server.Log, StringComparison.Ordinal);
        Assert.All(await Task.WhenAll(reading), code => Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, code));
        AssertOrderly(server);
        sockets.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task Five_hundred_clients_that_do_not_react_are_cut_off_within_10_seconds()
    {
        await using var server = await KreweProcess.StartAsync();
        var sockets = await OpenAsync(server);

        server.Signal(PosixSignal.SIGTERM);

        Assert.Equal(0, await server.ExitAsync(TimeSpan.FromSeconds(10)));
        AssertOrderly(server);
        sockets.ForEach(socket => socket.Dispose());
    }

    // Ten million rounds of PBKDF2 take many seconds, and nothing interrupts them.
    [Fact]
    public async Task Requests_that_cannot_be_interrupted_leave_the_silo_its_time()
    {
        await using var server = await KreweProcess.StartAsync(new KreweProcessOptions { Arguments = ["--Krewe:Scram:Iterations=10000000"] });
        using var http = new HttpClient { BaseAddress = server.Http };
        var signUps = Enumerable.Range(0, 4).Select(i => http.PostAsJsonAsync("v1/accounts", new { username = $"user{i}", password = "x" })).ToArray();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!(await http.GetStringAsync(new Uri(server.Admin, "metrics"))).Split('\n').Any(line => line.StartsWith("krewe_gateway_passwords_waiting", StringComparison.Ordinal) && line.EndsWith(" 4", StringComparison.Ordinal)))
            Assert.False(patience.IsCancellationRequested, "The four requests were not under way within 20 s.");

        server.Signal(PosixSignal.SIGTERM);

        Assert.Equal(0, await server.ExitAsync(TimeSpan.FromSeconds(10)));
        AssertOrderly(server);
        foreach (var signUp in signUps) await Assert.ThrowsAsync<HttpRequestException>(() => signUp);
    }

    // What Orleans says when the time for the stop was over before its own part of it.
    private static void AssertOrderly(KreweProcess server) => Assert.DoesNotContain("operations canceled", server.Log, StringComparison.Ordinal);

    private static async Task<List<ClientWebSocket>> OpenAsync(KreweProcess server)
    {
        var sockets = new List<ClientWebSocket>();
        for (var i = 0; i < Users; i++)
        {
            using var user = await TestUser.SignUpAsync(server, $"user{i}");
            for (var j = 0; j < Sockets / Users; j++)
            {
                var socket = new ClientWebSocket();
                sockets.Add(socket);
                await socket.ConnectAsync(new UriBuilder(server.Http) { Scheme = "ws", Path = "/v1/ws", Query = $"access_token={user.Token}" }.Uri, CancellationToken.None);
            }
        }
        return sockets;
    }

    private static async Task<WebSocketCloseStatus?> AnswerCloseAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        while ((await socket.ReceiveAsync(buffer, CancellationToken.None)).MessageType != WebSocketMessageType.Close)
        {
            // Whatever comes before.
        }
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        return socket.CloseStatus;
    }
}
