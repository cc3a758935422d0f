using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Krewe.Gateway.Tests.Fakes;

namespace Krewe.Gateway.Tests.Xmpp;

/// <summary>A client that says exactly what it is told to, and waits for what is to come.</summary>
internal sealed class XmppClient : IAsyncDisposable
{
    public const string Header = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly StringBuilder _received = new();
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private Stream _stream = Stream.Null;

    private XmppClient()
    {
    }

    public static async Task<XmppClient> ConnectAsync(TestGateway gateway)
    {
        var client = new XmppClient();
        await client._socket.ConnectAsync(gateway.Xmpp);
        client._stream = new NetworkStream(client._socket, ownsSocket: true);
        return client;
    }

    /// <summary>Connects, logs in in clear and binds a resource.</summary>
    public static async Task<XmppClient> LoginAsync(TestGateway gateway, string name, string resource = "desk")
    {
        var client = await ConnectAsync(gateway);
        await client.OpenAsync();
        await client.AuthenticateAsync(name);
        await client.BindAsync(resource);
        return client;
    }

    /// <summary>Is also available, and has seen that the server knows it.</summary>
    public static async Task<XmppClient> AppearAsync(TestGateway gateway, string name, string resource = "desk")
    {
        var client = await LoginAsync(gateway, name, resource);
        await client.SendAsync("<presence/>");
        await client.SettleAsync();
        return client;
    }

    /// <summary>Begins a stream; gives its features.</summary>
    public async Task<string> OpenAsync()
    {
        await SendAsync(Header);
        return await ReadToAsync("</stream:features>");
    }

    public async Task AuthenticateAsync(string name, string password = "secret")
    {
        await SendAsync($"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{name}\0{password}"))}</auth>");
        await ReadToAsync("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
        await OpenAsync();
    }

    public async Task<string> BindAsync(string resource)
    {
        await SendAsync($"<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>{resource}</resource></bind></iq>");
        return await ReadToAsync("</iq>");
    }

    /// <summary>Waits until everything that was sent is done; gives what came meanwhile.</summary>
    public async Task<string> SettleAsync()
    {
        var id = Guid.NewGuid().ToString("N");
        await SendAsync($"<iq type='get' id='{id}' to='localhost'><ping xmlns='urn:xmpp:ping'/></iq>");
        var before = await ReadToAsync($"id='{id}' ");
        await ReadToAsync("/>");
        return before;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(byte[] bytes)
    {
        await _stream.WriteAsync(bytes);
        await _stream.FlushAsync();
    }

    /// <summary>Reads up to and including a text; gives everything up to there.</summary>
    public async Task<string> ReadToAsync(string text)
    {
        int at;
        while ((at = _received.ToString().IndexOf(text, StringComparison.Ordinal)) < 0)
        {
            if (!await FillAsync()) throw new InvalidOperationException($"The stream ended before '{text}' came: {_received}");
        }
        var read = _received.ToString(0, at + text.Length);
        _received.Remove(0, at + text.Length);
        return read;
    }

    /// <summary>Reads until the server has ended the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await FillAsync())
        {
            // To the end.
        }
        return _received.ToString();
    }

    /// <summary>TLS, after <c>proceed</c>.</summary>
    public async Task EncryptAsync()
    {
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is { Issuer: "CN=localhost" });
        await tls.AuthenticateAsClientAsync("localhost").WaitAsync(Patience);
        _stream = tls;
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<bool> FillAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var length = await _stream.ReadAsync(_buffer, patience.Token);
            _received.Append(Encoding.UTF8.GetString(_buffer, 0, length));
            return length > 0;
        }
        catch (IOException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Nothing more came in {Patience} after: {_received}");
        }
    }
}
