using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text;
using Krewe.ProcessHarness;

namespace Krewe.Server.Tests;

public sealed class StopTests
{
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public async Task A_stop_tells_open_clients_and_ends_with_zero_in_time(PosixSignal signal)
    {
        await using var server = await KreweProcess.StartAsync();
        using var user = await TestUser.SignUpAsync(server, "romeo");
        using var http = new HttpClient();
        await using var stream = await http.GetStreamAsync(new Uri(server.Http, $"v1/mailbox/stream?access_token={user.Token}"));
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("krewe.v1.json");
        await socket.ConnectAsync(new UriBuilder(server.Http) { Scheme = "ws", Path = "/v1/ws", Query = $"access_token={user.Token}" }.Uri, CancellationToken.None);
        Assert.Contains("\"hello\"", await FrameAsync(socket), StringComparison.Ordinal);

        server.Signal(signal);

        Assert.Contains("\"closing\"", await FrameAsync(socket), StringComparison.Ordinal);
        var broken = await Record.ExceptionAsync(async () => await new StreamReader(stream).ReadToEndAsync());
        Assert.True(broken is null, $"The stream was broken off at {DateTime.UtcNow:HH:mm:ss.fff}, not ended: {broken?.Message} {broken?.InnerException?.Message}\n{server.Log}");
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        Assert.Equal(0, await server.ExitAsync(Promise));
    }

    [Fact]
    public async Task A_client_that_does_not_react_does_not_hold_up_the_stop()
    {
        await using var server = await KreweProcess.StartAsync();
        using var user = await TestUser.SignUpAsync(server, "romeo");
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("krewe.v1.json");
        await socket.ConnectAsync(new UriBuilder(server.Http) { Scheme = "ws", Path = "/v1/ws", Query = $"access_token={user.Token}" }.Uri, CancellationToken.None);
        // A request whose body never comes.
        using var half = new System.Net.Sockets.TcpClient();
        await half.ConnectAsync(server.Http.Host, server.Http.Port);
        await half.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /v1/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {user.Token}\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{{"));

        Assert.Equal(0, await server.TerminateAsync(Promise));
    }

    [Fact]
    public async Task A_second_interrupt_aborts()
    {
        await using var server = await KreweProcess.StartAsync();
        using var user = await TestUser.SignUpAsync(server, "romeo");
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("krewe.v1.json");
        await socket.ConnectAsync(new UriBuilder(server.Http) { Scheme = "ws", Path = "/v1/ws", Query = $"access_token={user.Token}" }.Uri, CancellationToken.None);

        server.Signal(PosixSignal.SIGINT);
        await server.LogLineAsync("The gateway takes no more sessions", Promise);
        server.Signal(PosixSignal.SIGINT);

        // Either the first stop was already through, or the second ended it by force.
        Assert.True(await server.ExitAsync(Promise) is 0 or 137);
    }

    private static async Task<string> FrameAsync(ClientWebSocket socket)
    {
        var buffer = new byte[16_384];
        using var patience = new CancellationTokenSource(Promise);
        var frame = await socket.ReceiveAsync(buffer, patience.Token);
        return Encoding.UTF8.GetString(buffer, 0, frame.Count);
    }
}
