using System.Net.WebSockets;
using System.Threading.Channels;
using Krewe.Client;

namespace Krewe.LoadTool;

/// <summary>A user with one WebSocket, read and written with as little work as possible: the tool shares the machine with the server.</summary>
internal sealed class LoadUser : IAsyncDisposable
{
    private const int ReceiveBytes = 32 * 1024;

    private readonly ClientWebSocket _socket;
    private readonly Channel<byte[]> _outgoing = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    private LoadUser(string address, ClientWebSocket socket) => (Address, _socket) = (address, socket);

    public string Address { get; }

    /// <summary>Called for every frame, on the receiving task.</summary>
    public Action<ReadOnlyMemory<byte>>? OnFrame { get; set; }

    /// <summary>Makes an account and signs in.</summary>
    public static async Task<Token> SignUpAsync(KreweClient client, string name, CancellationToken cancellationToken)
    {
        const string password = "load-tool";
        await client.SignUpAsync(name, password, cancellationToken);
        return await client.SignInAsync(name, password, "load", cancellationToken);
    }

    public static async Task<LoadUser> ConnectAsync(Uri server, Token token, HttpMessageInvoker invoker, CancellationToken cancellationToken, ClientWebSocket? with = null)
    {
        var socket = with ?? new ClientWebSocket();
        socket.Options.AddSubProtocol("krewe.v1.json");
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token.Value}");
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        var address = new UriBuilder(new Uri(server, "/v1/ws?after=0")) { Scheme = server.Scheme == "https" ? "wss" : "ws" };
        await socket.ConnectAsync(address.Uri, invoker, cancellationToken);
        return new LoadUser(token.Address, socket);
    }

    /// <summary>Begins to read and write.</summary>
    public void Start() => _running = Task.WhenAll(ReceiveAsync(), SendAsync());

    public void Send(byte[] frame) => _outgoing.Writer.TryWrite(frame);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach (var frame in _outgoing.Reader.ReadAllAsync(_stop.Token))
                await _socket.SendAsync(frame, WebSocketMessageType.Text, true, _stop.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException)
        {
            // The run is over, or the server cut off: the ledger shows what is missing.
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[ReceiveBytes];
        var filled = 0;
        try
        {
            while (true)
            {
                if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
                var part = await _socket.ReceiveAsync(buffer.AsMemory(filled), _stop.Token);
                if (part.MessageType == WebSocketMessageType.Close) return;
                filled += part.Count;
                if (!part.EndOfMessage) continue;
                OnFrame?.Invoke(buffer.AsMemory(0, filled));
                filled = 0;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException)
        {
            // As above.
        }
    }
}
