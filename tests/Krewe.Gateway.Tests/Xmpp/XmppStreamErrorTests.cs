using Krewe.Core.Connections;
using Krewe.Core.Gateways;
using Krewe.Gateway.Tests.Fakes;

namespace Krewe.Gateway.Tests.Xmpp;

public sealed class XmppStreamErrorTests
{
    private const string Opening = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' ";

    public static TheoryData<string, string> BeforeLogin => new()
    {
        { "hello", "not-well-formed" },
        { "<?xml version='1.0' encoding='latin-1'?>", "unsupported-encoding" },
        { "<!DOCTYPE x>", "restricted-xml" },
        { Opening + "to='elsewhere' version='1.0'>", "host-unknown" },
        { Opening + "to='localhost'>", "unsupported-version" },
        { "<stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>", "invalid-namespace" },
        { "<stream:stream xmlns='jabber:client' xmlns:stream='urn:other' to='localhost' version='1.0'>", "invalid-namespace" },
        { XmppClient.Header + "text", "bad-format" },
        { XmppClient.Header + "<a><!-- c --></a>", "restricted-xml" },
        { XmppClient.Header + "<a>&b;</a>", "restricted-xml" },
        { XmppClient.Header + "<a:b/>", "bad-namespace-prefix" },
        { XmppClient.Header + "<a></b>", "not-well-formed" },
        { XmppClient.Header + "<message to='juliet@localhost'><body>x</body></message>", "not-authorized" },
        { XmppClient.Header + "<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", "not-authorized" },
        { XmppClient.Header + "<a>" + new string('x', 11_000), "policy-violation" },
        { XmppClient.Header + string.Concat(Enumerable.Repeat("<a>", 17)), "policy-violation" },
        { XmppClient.Header + "<a " + string.Concat(Enumerable.Range(0, 100).Select(i => $"a{i}='' ")) + "/>", "policy-violation" },
    };

    [Theory, MemberData(nameof(BeforeLogin))]
    public async Task Bad_input_before_login_gets_the_stream_error_of_its_kind(string input, string condition)
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await XmppClient.ConnectAsync(gateway);
        await client.SendAsync(input);
        var end = await client.ReadToEndAsync();
        // An error comes within a stream that was opened, and the stream is closed.
        Assert.StartsWith("<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:client' from='localhost'", end, StringComparison.Ordinal);
        Assert.Contains($"<stream:error><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>", end, StringComparison.Ordinal);
        Assert.EndsWith("</stream:error></stream:stream>", end, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<message><body>x</body></message>", "not-authorized")]
    [InlineData("<presence/>", "not-authorized")]
    [InlineData("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGEAYg==</auth>", "unsupported-stanza-type")]
    public async Task Before_a_resource_is_bound_there_are_no_stanzas(string input, string condition)
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await XmppClient.ConnectAsync(gateway);
        await client.OpenAsync();
        await client.AuthenticateAsync("juliet");
        await client.SendAsync(input);
        Assert.Contains($"<stream:error><{condition} ", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Empty(gateway.Cluster.User("juliet").Sessions);
    }

    [Theory]
    [InlineData("<message from='romeo@localhost' to='romeo@localhost'><body>x</body></message>", "invalid-from")]
    [InlineData("<presence from='juliet@localhost/other'/>", "invalid-from")]
    [InlineData("<foo/>", "unsupported-stanza-type")]
    [InlineData("<message xmlns='jabber:server'/>", "unsupported-stanza-type")]
    [InlineData("<message><body>x</message>", "not-well-formed")]
    public async Task Bad_input_after_login_ends_the_stream_and_the_session(string input, string condition)
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await XmppClient.AppearAsync(gateway, "juliet");
        await client.SendAsync(input);
        Assert.Contains($"<stream:error><{condition} ", await client.ReadToEndAsync(), StringComparison.Ordinal);
        await gateway.Cluster.UntilAsync(() => gateway.Cluster.User("juliet").Sessions.IsEmpty, "the session is gone");
        Assert.Empty(gateway.Cluster.User("juliet").Drafts);
    }

    [Fact]
    public async Task A_stanza_over_its_bound_ends_the_stream()
    {
        await using var gateway = await TestGateway.StartAsync(xmpp: options => options.StanzaBytes = 20_000);
        await using var client = await XmppClient.AppearAsync(gateway, "juliet");
        await client.SendAsync($"<message to='romeo@localhost'><body>{new string('x', 19_000)}</body></message>");
        Assert.DoesNotContain("error", await client.SettleAsync(), StringComparison.Ordinal);
        await client.SendAsync($"<message to='romeo@localhost'><body>{new string('x', 21_000)}");
        Assert.Contains("<policy-violation", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_a_stream_is_answered()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await XmppClient.AppearAsync(gateway, "juliet");
        await client.SendAsync("</stream:stream>");
        Assert.Equal("</stream:stream>", await client.ReadToEndAsync());
        await gateway.Cluster.UntilAsync(() => gateway.Cluster.User("juliet").Sessions.IsEmpty, "the session is gone");
    }

    [Fact]
    public async Task A_gateway_that_stops_says_so()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await XmppClient.AppearAsync(gateway, "juliet");
        var stopping = gateway.StopAsync();
        Assert.Contains("<stream:error><system-shutdown ", await client.ReadToAsync("</stream:stream>"), StringComparison.Ordinal);
        await client.SendAsync("</stream:stream>");
        Assert.Equal("", await client.ReadToEndAsync());
        await stopping.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_second_stream_of_the_same_resource_ends_the_first()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await XmppClient.AppearAsync(gateway, "juliet");
        var session = gateway.Cluster.User("juliet").Sessions.Single();
        Assert.True(session.Exclusive);
        gateway.Cluster.Publish(new CloseEvent(gateway.Cluster.User("juliet").Address, null, CloseReason.Replaced) { SessionId = session.SessionId });
        Assert.Contains("<stream:error><conflict ", await client.ReadToAsync("</stream:stream>"), StringComparison.Ordinal);
    }
}
