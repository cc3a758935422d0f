using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Krewe.Gateway.Tests.Fakes;

/// <summary>A WebSocket client that speaks in JSON.</summary>
internal sealed class SocketClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly byte[] _buffer = new byte[256 * 1024];

    private SocketClient(ClientWebSocket socket) => Socket = socket;

    public ClientWebSocket Socket { get; }

    public static async Task<SocketClient> OpenAsync(TestGateway gateway, string token, long? after = null, Action<ClientWebSocketOptions>? options = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
        socket.Options.AddSubProtocol("krewe.v1.json");
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        options?.Invoke(socket.Options);
        using var patience = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(new Uri($"ws://{gateway.Address.Authority}/v1/ws" + (after is null ? "" : $"?after={after}")), patience.Token);
        return new SocketClient(socket);
    }

    public Task SendAsync(string text) => Socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    /// <summary>The next frame; null if the server has closed.</summary>
    public async Task<JsonObject?> ReadAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var length = 0;
        while (true)
        {
            var result = await Socket.ReceiveAsync(_buffer.AsMemory(length), patience.Token);
            if (result.MessageType == WebSocketMessageType.Close) return null;
            length += result.Count;
            if (result.EndOfMessage) return JsonNode.Parse(_buffer.AsSpan(0, length))!.AsObject();
        }
    }

    /// <summary>The next frame, which must be of this type.</summary>
    public async Task<JsonObject> ReadAsync(string type)
    {
        var frame = await ReadAsync() ?? throw new InvalidOperationException($"Closed ({Socket.CloseStatus}) instead of {type}.");
        Assert.Equal(type, (string)frame["type"]!);
        return frame;
    }

    /// <summary>Reads until the server closes; gives the code.</summary>
    public async Task<int> ReadToCloseAsync()
    {
        while (await ReadAsync() is not null)
        {
            // Whatever came before.
        }
        return (int)Socket.CloseStatus!.Value;
    }

    public ValueTask DisposeAsync()
    {
        Socket.Dispose();
        return default;
    }
}
