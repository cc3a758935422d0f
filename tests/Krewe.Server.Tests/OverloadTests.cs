using System.Net;
using System.Net.Sockets;
using System.Text;
using Krewe.ProcessHarness;

namespace Krewe.Server.Tests;

public sealed class OverloadTests
{
    private const int Bound = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task One_connection_too_many_is_told_so_and_the_operators_listener_is_not_counted()
    {
        await using var server = await KreweProcess.StartAsync(new KreweProcessOptions { Arguments = [$"--Krewe:Limits:Connections={Bound}"] });
        var open = new List<TcpClient>();
        for (var i = 0; i < Bound; i++) open.Add(await ConnectAsync(server));
        // Counted when they are taken, not when they are connected: asking on each makes sure of it.
        foreach (var connection in open) Assert.StartsWith("HTTP/1.1 200", await AskAsync(connection), StringComparison.Ordinal);

        using (var tooMany = await ConnectAsync(server))
        {
            var answer = await AskAsync(tooMany);
            Assert.StartsWith("HTTP/1.1 503", answer, StringComparison.Ordinal);
            Assert.Matches("\r\nRetry-After: [0-9]+\r\n", answer);
            Assert.Contains("\"code\":\"unavailable\"", answer, StringComparison.Ordinal);
        }
        using (var http = new HttpClient { BaseAddress = server.Admin })
        {
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("health/ready", UriKind.Relative))).StatusCode);
            Assert.Contains("krewe_server_connections_refused", await http.GetStringAsync(new Uri("metrics", UriKind.Relative)), StringComparison.Ordinal);
        }
        open[0].Dispose();
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            Assert.False(patience.IsCancellationRequested, $"No connection was taken within {Patience} after one had gone.");
            using var next = await ConnectAsync(server);
            if ((await AskAsync(next)).StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) break;
        }
        open.ForEach(connection => connection.Dispose());
    }

    private static async Task<TcpClient> ConnectAsync(KreweProcess server)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.Http.Host, server.Http.Port);
        return client;
    }

    private static async Task<string> AskAsync(TcpClient client)
    {
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /openapi/v1.json HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        var buffer = new byte[4096];
        var read = await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(Patience);
        return Encoding.UTF8.GetString(buffer, 0, read);
    }
}
