using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Krewe.Gateway.Tests.Fakes;

/// <summary>A WebSocket by hand, for what no client library would send.</summary>
internal sealed class RawSocket : IDisposable
{
    private readonly NetworkStream _stream;

    private RawSocket(TcpClient client)
    {
        Client = client;
        _stream = client.GetStream();
    }

    public TcpClient Client { get; }

    /// <summary>The answer to the handshake, line by line.</summary>
    public List<string> Answer { get; } = [];

    /// <summary>What the server's close frame says beside its code.</summary>
    public string CloseText { get; private set; } = "";

    public static async Task<RawSocket> OpenAsync(TestGateway gateway, string token, params string[] headers)
    {
        var client = new TcpClient { NoDelay = true, ReceiveBufferSize = 4096 };
        await client.ConnectAsync(IPAddress.Loopback, gateway.Address.Port);
        var raw = new RawSocket(client);
        string[] defaults =
        [
            $"Host: {gateway.Address.Authority}", $"Authorization: Bearer {token}", "Connection: Upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ];
        var lines = defaults.Where(line => !headers.Any(own => own.Split(':')[0] == line.Split(':')[0])).Concat(headers.Where(own => !own.EndsWith(": -", StringComparison.Ordinal)));
        await raw.SendAsync(Encoding.ASCII.GetBytes($"GET /v1/ws HTTP/1.1\r\n{string.Join("\r\n", lines)}\r\n\r\n"));
        for (var line = await raw.LineAsync(); line.Length > 0; line = await raw.LineAsync()) raw.Answer.Add(line);
        return raw;
    }

    public async Task SendAsync(params byte[] bytes) => await _stream.WriteAsync(bytes);

    /// <summary>Sends one frame with a mask of zeros.</summary>
    /// <param name="first">FIN, RSV and opcode.</param>
    public Task FrameAsync(byte first, byte[] payload, bool masked = true)
    {
        var frame = new List<byte> { first };
        var mask = masked ? 0x80 : 0;
        if (payload.Length < 126) frame.Add((byte)(mask | payload.Length));
        else
        {
            var length = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
            frame.Add((byte)(mask | 127));
            frame.AddRange(length);
        }
        if (masked) frame.AddRange(new byte[4]);
        frame.AddRange(payload);
        return SendAsync([.. frame]);
    }

    /// <summary>Reads the server's frames until the close frame; gives its code, or null if the connection just ends.</summary>
    public async Task<int?> CloseCodeAsync()
    {
        while (true)
        {
            var header = new byte[2];
            if (!await ReadAsync(header)) return null;
            long length = header[1] & 0x7f;
            Assert.True(header[1] < 0x80, "A server masks nothing.");
            if (length == 126)
            {
                var more = new byte[2];
                if (!await ReadAsync(more)) return null;
                length = BinaryPrimitives.ReadUInt16BigEndian(more);
            }
            var payload = new byte[length];
            if (!await ReadAsync(payload)) return null;
            if ((header[0] & 0x0f) != 8) continue;
            CloseText = Encoding.UTF8.GetString(payload.AsSpan(2));
            return BinaryPrimitives.ReadUInt16BigEndian(payload);
        }
    }

    /// <summary>Waits for the end of the connection, whatever comes before.</summary>
    public async Task<bool> EndsAsync()
    {
        var buffer = new byte[4096];
        while (await ReadAsync(buffer.AsMemory(0, 1)))
        {
            // Until the end.
        }
        return true;
    }

    public void Dispose() => Client.Dispose();

    private async Task<bool> ReadAsync(Memory<byte> buffer)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            return await _stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, patience.Token) == buffer.Length;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task<string> LineAsync()
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await ReadAsync(one))
        {
            if (one[0] == '\n') break;
            if (one[0] != '\r') line.Append((char)one[0]);
        }
        return line.ToString();
    }
}
