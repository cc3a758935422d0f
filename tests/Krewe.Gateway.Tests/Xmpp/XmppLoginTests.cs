using System.Text;
using Krewe.Gateway.Tests.Fakes;
using Krewe.Gateway.Xmpp;
using Krewe.Gateway.Xmpp.Login;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Gateway.Tests.Xmpp;

public sealed class XmppLoginTests
{
    private const string StartTls = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

    [Fact]
    public async Task A_client_logs_in_and_binds_its_resource()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await XmppClient.ConnectAsync(gateway);
        var features = await client.OpenAsync();
        Assert.Contains("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", features, StringComparison.Ordinal);
        Assert.Contains("<mechanism>SCRAM-SHA-256</mechanism><mechanism>SCRAM-SHA-1</mechanism><mechanism>OAUTHBEARER</mechanism><mechanism>PLAIN</mechanism>", features, StringComparison.Ordinal);
        await client.AuthenticateAsync("juliet");
        Assert.Contains("<jid>juliet@localhost/balcony &amp; more</jid>", await client.BindAsync("balcony &amp; more"), StringComparison.Ordinal);
        Assert.Equal("balcony & more", gateway.Cluster.User("juliet").Sessions.Single().Device);
        Assert.Equal(1, gateway.Cluster.User("juliet").Logins.Begun);
        Assert.Equal([true], gateway.Cluster.User("juliet").Logins.Ended);
    }

    [Fact]
    public async Task Without_a_resource_the_server_makes_one_up()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await XmppClient.ConnectAsync(gateway);
        await client.OpenAsync();
        await client.AuthenticateAsync("juliet");
        await client.SendAsync("<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
        Assert.Contains("<jid>juliet@localhost/xmpp-", await client.ReadToAsync("</iq>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_the_native_API_logs_in()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await XmppClient.ConnectAsync(gateway);
        await client.OpenAsync();
        var message = Convert.ToBase64String(Encoding.UTF8.GetBytes($"n,,\u0001auth=Bearer {gateway.SignIn("juliet", "tablet").Token}\u0001\u0001"));
        await client.SendAsync($"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='OAUTHBEARER'>{message}</auth>");
        await client.ReadToAsync("<success");
        await client.OpenAsync();
        await client.SendAsync("<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
        Assert.Contains("<jid>juliet@localhost/tablet</jid>", await client.ReadToAsync("</iq>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_starttls_everything_begins_anew()
    {
        await using var gateway = await TestGateway.StartAsync(xmpp: options => options.PlaintextAuth = PlaintextAuth.Never);
        await using var client = await XmppClient.ConnectAsync(gateway);
        var clear = await client.OpenAsync();
        Assert.Contains("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>", clear, StringComparison.Ordinal);
        Assert.DoesNotContain("mechanism", clear, StringComparison.Ordinal);
        await client.SendAsync(StartTls + "\n");
        await client.ReadToAsync("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
        await client.EncryptAsync();
        var encrypted = await client.OpenAsync();
        Assert.DoesNotContain("starttls", encrypted, StringComparison.Ordinal);
        Assert.Contains("<mechanism>SCRAM-SHA-256-PLUS</mechanism>", encrypted, StringComparison.Ordinal);
        Assert.Contains("<channel-binding type='tls-server-end-point'/>", encrypted, StringComparison.Ordinal);
        await client.AuthenticateAsync("juliet");
        await client.BindAsync("desk");
        Assert.Single(gateway.Cluster.User("juliet").Sessions);
    }

    [Fact]
    public async Task Nothing_behind_starttls_is_executed()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await XmppClient.ConnectAsync(gateway);
        await client.OpenAsync();
        var login = Convert.ToBase64String("\0juliet\0secret"u8);
        await client.SendAsync($"{StartTls}<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{login}</auth>");
        Assert.Contains("<policy-violation", await client.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(0, gateway.Cluster.User("juliet").Logins.Begun);
    }

    [Fact]
    public async Task In_clear_no_password_is_taken_where_that_is_not_allowed()
    {
        await using var gateway = await TestGateway.StartAsync(xmpp: options => options.PlaintextAuth = PlaintextAuth.Never);
        await using var client = await XmppClient.ConnectAsync(gateway);
        await client.OpenAsync();
        await client.SendAsync($"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{Convert.ToBase64String("\0juliet\0secret"u8)}</auth>");
        Assert.Contains("<encryption-required/>", await client.ReadToAsync("</failure>"), StringComparison.Ordinal);
        Assert.Equal(0, gateway.Cluster.User("juliet").Logins.Begun);
    }

    [Theory]
    [InlineData("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='DIGEST-MD5'/>", "invalid-mechanism")]
    [InlineData("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256-PLUS'>eA==</auth>", "invalid-mechanism")]
    [InlineData("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", "invalid-mechanism")]
    [InlineData("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>!</auth>", "incorrect-encoding")]
    [InlineData("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>eA==</auth>", "malformed-request")]
    [InlineData("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>eA==</response>", "malformed-request")]
    [InlineData("<abort xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", "aborted")]
    [InlineData("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGp1bGlldAB3cm9uZw==</auth>", "not-authorized")]
    public async Task A_failed_login_may_be_tried_again_and_not_for_ever(string attempt, string condition)
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await XmppClient.ConnectAsync(gateway);
        await client.OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            await client.SendAsync(attempt);
            Assert.Contains($"<{condition}/>", await client.ReadToAsync("</failure>"), StringComparison.Ordinal);
        }
        Assert.Contains("<policy-violation", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_is_broken_off_counts_as_failed()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using (var client = await XmppClient.ConnectAsync(gateway))
        {
            await client.OpenAsync();
            await client.SendAsync($"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-1'>{Convert.ToBase64String("n,,n=juliet,r=abc"u8)}</auth>");
            await client.ReadToAsync("</challenge>");
        }
        await gateway.Cluster.UntilAsync(() => gateway.Cluster.User("juliet").Logins.Ended is [false], "the broken login is ended");
    }

    [Fact]
    public async Task Who_does_not_log_in_in_time_is_sent_away()
    {
        var time = new FakeTimeProvider();
        await using var gateway = await TestGateway.StartAsync(time);
        await using var client = await XmppClient.ConnectAsync(gateway);
        await client.OpenAsync();
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Contains("<connection-timeout", await client.ReadToAsync("</stream:stream>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_before_login_are_bounded()
    {
        await using var gateway = await TestGateway.StartAsync(xmpp: options => options.ConnectionsBeforeLoginPerAddress = 2);
        await using var first = await XmppClient.LoginAsync(gateway, "juliet", "1");
        await using var second = await XmppClient.ConnectAsync(gateway);
        await second.OpenAsync();
        await using var third = await XmppClient.ConnectAsync(gateway);
        await third.OpenAsync();
        await using var fourth = await XmppClient.ConnectAsync(gateway);
        Assert.Equal("", await fourth.ReadToEndAsync());
        await second.SendAsync("</stream:stream>");
        await second.ReadToEndAsync();
        var pending = gateway.Services.GetRequiredService<PendingLogins>();
        await Eventually.HoldsAsync(() => pending.Count == 1, "the second has left its place");
    }
}
