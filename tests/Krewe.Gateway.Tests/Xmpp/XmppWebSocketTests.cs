using System.Net.WebSockets;
using System.Text;
using Krewe.Gateway.Tests.Fakes;

namespace Krewe.Gateway.Tests.Xmpp;

public sealed class XmppWebSocketTests
{
    private const string Open = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_client_logs_in_and_each_stanza_is_a_document_of_its_own()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var socket = await ConnectAsync(gateway);
        Assert.Equal("xmpp", socket.SubProtocol);
        await AppearAsync(socket);
        gateway.Cluster.User("juliet").Append("hi", id: "id-1");
        Assert.Equal(
            "<message xmlns='jabber:client' from='romeo@localhost' to='juliet@localhost' id='id-1' type='chat'><body>hi</body><stanza-id xmlns='urn:xmpp:sid:0' by='juliet@localhost' id='1'/></message>",
            await ReadAsync(socket));
        await SendAsync(socket, "<message xmlns='jabber:client' to='romeo@localhost'><body>back</body></message>");
        await SendAsync(socket, "<iq xmlns='jabber:client' type='get' id='3'><ping xmlns='urn:xmpp:ping'/></iq>");
        Assert.StartsWith("<iq xmlns='jabber:client' type='result' id='3'", await ReadAsync(socket), StringComparison.Ordinal);
        Assert.Equal("back", Assert.Single(gateway.Cluster.User("juliet").Drafts).Body);
        await SendAsync(socket, "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
        Assert.Equal("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>", await ReadAsync(socket));
        Assert.Null(await ReadAsync(socket));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Theory]
    [InlineData("<presence xmlns='jabber:client'/><presence xmlns='jabber:client'/>", "bad-format")]
    [InlineData("<presence xmlns='jabber:client'>", "bad-format")]
    [InlineData("", "bad-format")]
    [InlineData("<presence/>", "unsupported-stanza-type")]
    [InlineData("<presence xmlns='jabber:client'><!-- c --></presence>", "restricted-xml")]
    [InlineData("<?xml version='1.0'?><presence xmlns='jabber:client'/>", "restricted-xml")]
    public async Task A_message_is_one_sound_element(string text, string condition)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var socket = await ConnectAsync(gateway);
        await AppearAsync(socket);
        await SendAsync(socket, text);
        Assert.StartsWith($"<stream:error xmlns:stream='http://etherx.jabber.org/streams'><{condition} ", await ReadAsync(socket), StringComparison.Ordinal);
        Assert.Equal("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>", await ReadAsync(socket));
        Assert.Null(await ReadAsync(socket));
    }

    [Fact]
    public async Task Without_the_sub_protocol_there_is_no_socket()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var socket = new ClientWebSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://{gateway.Address.Authority}/xmpp-websocket"), CancellationToken.None));
    }

    [Fact]
    public async Task Pages_of_foreign_origins_have_no_socket()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("xmpp");
        socket.Options.SetRequestHeader("Origin", "https://evil.example");
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://{gateway.Address.Authority}/xmpp-websocket"), CancellationToken.None));
    }

    private static async Task<ClientWebSocket> ConnectAsync(TestGateway gateway)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("xmpp");
        await socket.ConnectAsync(new Uri($"ws://{gateway.Address.Authority}/xmpp-websocket"), CancellationToken.None);
        return socket;
    }

    private static async Task AppearAsync(ClientWebSocket socket)
    {
        await SendAsync(socket, Open);
        Assert.StartsWith("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' from='localhost' id='", await ReadAsync(socket), StringComparison.Ordinal);
        Assert.StartsWith("<stream:features xmlns:stream='http://etherx.jabber.org/streams'><mechanisms ", await ReadAsync(socket), StringComparison.Ordinal);
        await SendAsync(socket, $"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{Convert.ToBase64String("\0juliet\0secret"u8)}</auth>");
        Assert.StartsWith("<success ", await ReadAsync(socket), StringComparison.Ordinal);
        await SendAsync(socket, Open);
        await ReadAsync(socket);
        Assert.Contains("<bind ", await ReadAsync(socket), StringComparison.Ordinal);
        await SendAsync(socket, "<iq xmlns='jabber:client' type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>web</resource></bind></iq>");
        Assert.Contains("<jid>juliet@localhost/web</jid>", await ReadAsync(socket), StringComparison.Ordinal);
        await SendAsync(socket, "<presence xmlns='jabber:client'/>");
        await SendAsync(socket, "<iq xmlns='jabber:client' type='get' id='2'><ping xmlns='urn:xmpp:ping'/></iq>");
        Assert.StartsWith("<iq xmlns='jabber:client' type='result' id='2'", await ReadAsync(socket), StringComparison.Ordinal);
    }

    private static Task SendAsync(ClientWebSocket socket, string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    private static async Task<string?> ReadAsync(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[64 * 1024];
        var result = await socket.ReceiveAsync(buffer, patience.Token);
        return result.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(buffer, 0, result.Count);
    }
}
