using System.Collections.Immutable;
using System.Text;
using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Core.Gateways;
using Krewe.Core.Mailboxes;
using Krewe.Core.Presence;
using Krewe.Gateway.Tests.Fakes;
using Krewe.Gateway.Xmpp.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Gateway.Tests.Xmpp;

public sealed class XmppSessionTests
{
    private static readonly Jid Romeo = Jid.FromCanonical("romeo@localhost");
    private static readonly Jid Juliet = Jid.FromCanonical("juliet@localhost");

    [Fact]
    public async Task Nothing_comes_before_the_first_presence_and_then_what_was_missed_with_its_time()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        juliet.Append("missed", id: "id-1");
        await using var client = await XmppClient.LoginAsync(gateway, "juliet");
        juliet.Append("live");
        Assert.DoesNotContain("<message", await client.SettleAsync(), StringComparison.Ordinal);
        await client.SendAsync("<presence/>");
        Assert.Contains(
            "<message from='romeo@localhost' to='juliet@localhost' id='id-1' type='chat'><body>missed</body><stanza-id xmlns='urn:xmpp:sid:0' by='juliet@localhost' id='1'/>"
                + "<delay xmlns='urn:xmpp:delay' from='localhost' stamp='2026-11-23T10:00:00.123Z'/></message>",
            await client.ReadToAsync("</message>"), StringComparison.Ordinal);
        Assert.EndsWith("<body>live</body><stanza-id xmlns='urn:xmpp:sid:0' by='juliet@localhost' id='2'/></message>", await client.ReadToAsync("</message>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_goes_into_the_mailbox_with_all_that_it_has()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await XmppClient.AppearAsync(gateway, "juliet");
        await client.SendAsync(
            "<message type='chat' to='ROMEO@localhost/phone' id='1'><body>a &lt; b</body><thread>t</thread><active xmlns='http://jabber.org/protocol/chatstates'/>"
                + "<origin-id xmlns='urn:xmpp:sid:0' id='unique'/><stanza-id xmlns='urn:xmpp:sid:0' by='romeo@localhost' id='9'/><delay xmlns='urn:xmpp:delay' from='localhost' stamp='x'/></message>");
        Assert.DoesNotContain("<message", await client.SettleAsync(), StringComparison.Ordinal);
        var draft = Assert.Single(gateway.Cluster.User("juliet").Drafts);
        Assert.Equal((Romeo, "unique", "a < b", "t"), (draft.To, draft.Id, draft.Body, draft.Thread));
        Assert.Equal(
            "<a xmlns='urn:krewe:stored:0' id='1'/><active xmlns='http://jabber.org/protocol/chatstates'/><origin-id xmlns='urn:xmpp:sid:0' id='unique'/>",
            Encoding.UTF8.GetString(draft.Extensions.AsSpan()));
    }

    [Fact]
    public async Task What_one_XMPP_client_sends_another_gets_as_it_was()
    {
        const string payload = "<x:e xmlns:x=\"urn:e\"  x:y='1'>&#x41;<![CDATA[<]]></x:e>";
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        await using var sender = await XmppClient.AppearAsync(gateway, "juliet");
        await sender.SendAsync($"<message to='romeo@localhost' id='short' xml:lang='de'>{payload}<body>x</body></message>");
        await sender.SettleAsync();
        var draft = Assert.Single(juliet.Drafts);
        await using var reader = await XmppClient.AppearAsync(gateway, "juliet", "tablet");
        gateway.Cluster.Publish(new ItemEvent(Juliet, new MailboxItem
        {
            Seq = juliet.Last + 1, Kind = ItemKind.Message, Id = draft.Id!, From = Romeo, To = Juliet, Device = "phone", SentAt = DateTimeOffset.UnixEpoch, Body = draft.Body, Extensions = draft.Extensions,
        }));
        Assert.Contains(
            $"<message from='romeo@localhost/phone' to='juliet@localhost' id='short' xml:lang='de'><body>x</body>{payload}<stanza-id ", await reader.ReadToAsync("</message>"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_counted_id_is_no_key_of_the_mailbox()
    {
        await using var gateway = await TestGateway.StartAsync();
        for (var i = 0; i < 2; i++)
        {
            await using var client = await XmppClient.AppearAsync(gateway, "juliet");
            await client.SendAsync("<message to='romeo@localhost' id='1'><body>x</body></message><message to='romeo@localhost' id='0199f3a5-7c1e-7f00'><body>y</body></message>");
            await client.SettleAsync();
        }
        var ids = gateway.Cluster.User("juliet").Drafts.Select(draft => draft.Id!).ToArray();
        Assert.All([ids[0], ids[2]], id => Assert.EndsWith("-1", id, StringComparison.Ordinal));
        Assert.NotEqual(ids[0], ids[2]);
        Assert.Equal(["0199f3a5-7c1e-7f00", "0199f3a5-7c1e-7f00"], [ids[1], ids[3]]);
    }

    [Theory]
    [InlineData("<message to='nobody@localhost' id='1'><body>x</body></message>", "service-unavailable")]
    [InlineData("<message to='romeo@elsewhere' id='1'><body>x</body></message>", "remote-server-not-found")]
    [InlineData("<message to='localhost' id='1'><body>x</body></message>", "service-unavailable")]
    [InlineData("<message to='@' id='1'><body>x</body></message>", "jid-malformed")]
    [InlineData("<message type='groupchat' to='romeo@localhost' id='1'><body>x</body></message>", "service-unavailable")]
    [InlineData("<presence id='1'><priority>1000</priority></presence>", "bad-request")]
    [InlineData("<presence id='1'><show>happy</show></presence>", "bad-request")]
    [InlineData("<presence id='1' type='odd'/>", "bad-request")]
    [InlineData("<presence id='1' type='subscribe' to='romeo@elsewhere'/>", "remote-server-not-found")]
    [InlineData("<iq id='1' type='get'><query xmlns='urn:unknown'/></iq>", "service-unavailable")]
    [InlineData("<iq id='1' type='set'><ping xmlns='urn:xmpp:ping'/></iq>", "service-unavailable")]
    [InlineData("<iq id='1' type='get' to='romeo@localhost/x'><ping xmlns='urn:xmpp:ping'/></iq>", "service-unavailable")]
    [InlineData("<iq id='1' type='get' to='romeo@localhost'><query xmlns='jabber:iq:roster'/></iq>", "service-unavailable")]
    [InlineData("<iq id='1' type='get' to='elsewhere'><ping xmlns='urn:xmpp:ping'/></iq>", "remote-server-not-found")]
    [InlineData("<iq id='1' type='get'/>", "bad-request")]
    [InlineData("<iq id='1' type='get'><a xmlns='b'/><a xmlns='b'/></iq>", "bad-request")]
    [InlineData("<iq id='1' type='get' to='localhost'><query xmlns='http://jabber.org/protocol/disco#info' node='x'/></iq>", "item-not-found")]
    public async Task What_cannot_be_done_is_answered_with_a_stanza_error(string stanza, string condition)
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await XmppClient.AppearAsync(gateway, "juliet");
        await client.SendAsync(stanza);
        var error = await client.ReadToAsync("</error>");
        Assert.Contains("type='error' id='1'", error, StringComparison.Ordinal);
        Assert.Contains($"<{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>", error, StringComparison.Ordinal);
        // The stream goes on.
        await client.SettleAsync();
    }

    [Theory]
    [InlineData("<message type='error' to='nobody@localhost' id='1'><body>x</body></message>")]
    [InlineData("<message type='error' to='@' id='1'/>")]
    [InlineData("<iq type='error' id='1' to='romeo@elsewhere'/>")]
    [InlineData("<iq type='result' id='1' to='@'/>")]
    [InlineData("<presence type='error' to='romeo@elsewhere'/>")]
    public async Task An_error_is_not_answered(string stanza)
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await XmppClient.AppearAsync(gateway, "juliet");
        await client.SendAsync(stanza);
        Assert.DoesNotContain("error", await client.SettleAsync(), StringComparison.Ordinal);
        Assert.Empty(gateway.Cluster.User("juliet").Drafts);
    }

    [Fact]
    public async Task Presence_of_each_device_comes_and_goes()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await XmppClient.AppearAsync(gateway, "juliet");
        var away = new PresenceState { Show = Show.Away, Status = "brb <", Priority = -1, Extensions = [.. "<c xmlns='http://jabber.org/protocol/caps'/>"u8] };
        gateway.Cluster.Publish(
            new PresenceEvent(Juliet, new PresenceChange(Romeo, "phone", away, PresenceState.Available)),
            new PresenceEvent(Juliet, new PresenceChange(Romeo, "desk", PresenceState.Available, PresenceState.Available)) { OverallChanged = false });
        Assert.Contains(
            "<presence from='romeo@localhost/phone' to='juliet@localhost/desk'><show>away</show><status>brb &lt;</status><priority>-1</priority><c xmlns='http://jabber.org/protocol/caps'/></presence>",
            await client.ReadToAsync("</presence>"), StringComparison.Ordinal);
        await client.ReadToAsync("<presence from='romeo@localhost/desk' to='juliet@localhost/desk'/>");
        // A new picture without the phone: it is gone.
        gateway.Cluster.Publish(new PresenceEvent(Juliet, new PresenceChange(Romeo, "desk", PresenceState.Available, PresenceState.Available) { Snapshot = true }));
        await client.ReadToAsync("<presence from='romeo@localhost/phone' to='juliet@localhost/desk' type='unavailable'/>");
        gateway.Cluster.Publish(new PresenceEvent(Juliet, new PresenceChange(Romeo, "desk", PresenceState.Offline, PresenceState.Offline)));
        await client.ReadToAsync("<presence from='romeo@localhost/desk' to='juliet@localhost/desk' type='unavailable'/>");
    }

    [Fact]
    public async Task A_client_s_presence_is_its_device_s()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await XmppClient.AppearAsync(gateway, "juliet");
        await client.SendAsync("<presence><show>dnd</show><status>rest</status><priority>5</priority><c xmlns='http://jabber.org/protocol/caps' ver='1'/></presence><presence type='unavailable'/>");
        await client.SettleAsync();
        var said = gateway.Cluster.User("juliet").Presences;
        Assert.Equal(["desk", "desk", "desk"], said.Select(presence => presence.Device));
        Assert.Equal((Show.Dnd, "rest", 5), (said[1].Presence.Show, said[1].Presence.Status, (int)said[1].Presence.Priority));
        Assert.Equal("<c xmlns='http://jabber.org/protocol/caps' ver='1'/>", Encoding.UTF8.GetString(said[1].Presence.Extensions.AsSpan()));
        Assert.Equal(Show.Offline, said[2].Presence.Show);
    }

    [Fact]
    public async Task Typing_crosses_both_ways()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await XmppClient.AppearAsync(gateway, "juliet");
        await client.SendAsync("<message type='chat' to='romeo@localhost/x'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>");
        await client.SettleAsync();
        Assert.Equal([(Romeo, "composing")], gateway.Cluster.User("juliet").Typings);
        gateway.Cluster.Publish(new TypingEvent(Juliet, Romeo, "phone", "paused"));
        await client.ReadToAsync("<message from='romeo@localhost/phone' to='juliet@localhost/desk' type='chat'><paused xmlns='http://jabber.org/protocol/chatstates'/></message>");
    }

    [Fact]
    public async Task The_roster_is_read_and_changes_are_pushed_to_who_has_read_it()
    {
        await using var gateway = await TestGateway.StartAsync();
        gateway.Cluster.User("juliet").Contacts =
        [
            new Contact { Address = Romeo, Name = "R & J", Groups = ["a", "b"], Subscription = Subscription.Both },
            new Contact { Address = Jid.FromCanonical("paris@localhost"), PendingOut = true },
            new Contact { Address = Jid.FromCanonical("tybalt@localhost"), PendingIn = true, Unlisted = true },
        ];
        await using var client = await XmppClient.LoginAsync(gateway, "juliet");
        await client.SendAsync("<presence/>");
        await client.ReadToAsync("<presence type='subscribe' from='tybalt@localhost' to='juliet@localhost'/>");
        var change = new ContactEvent(Juliet, new Contact { Address = Romeo, Subscription = Subscription.Remove });
        gateway.Cluster.Publish(change);
        Assert.DoesNotContain("roster", await client.SettleAsync(), StringComparison.Ordinal);
        await client.SendAsync("<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>");
        Assert.EndsWith(
            "<query xmlns='jabber:iq:roster'><item jid='romeo@localhost' name='R &amp; J' subscription='both'><group>a</group><group>b</group></item>"
                + "<item jid='paris@localhost' subscription='none' ask='subscribe'/></query></iq>",
            await client.ReadToAsync("</iq>"), StringComparison.Ordinal);
        gateway.Cluster.Publish(change);
        await client.ReadToAsync("to='juliet@localhost/desk'><query xmlns='jabber:iq:roster'><item jid='romeo@localhost' subscription='remove'/></query></iq>");
    }

    [Fact]
    public async Task What_is_advertised_is_what_is_served()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var client = await XmppClient.AppearAsync(gateway, "juliet");
        var features = gateway.Services.GetRequiredService<XmppFeatures>();
        foreach (var (to, advertised) in new[] { ("localhost", features.ServerFeatures), ("juliet@localhost", features.AccountFeatures) })
        {
            await client.SendAsync($"<iq type='get' id='d' to='{to}'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
            var answer = await client.ReadToAsync("</query></iq>");
            Assert.All(advertised, feature => Assert.Contains($"<feature var='{feature}'/>", answer, StringComparison.Ordinal));
            Assert.Equal(advertised.Count, answer.Split("<feature ").Length - 1);
        }
        // Every request that is served is advertised where it is, but the one that is older than discovery.
        foreach (var route in features.Routes.Where(route => !route.Payload.Namespace.Uri.StartsWith("urn:ietf:", StringComparison.Ordinal)))
        {
            if (route.Target.HasFlag(IqTarget.Server)) Assert.Contains(route.Payload.Namespace.Uri, features.ServerFeatures);
            if (route.Target.HasFlag(IqTarget.Account)) Assert.Contains(route.Payload.Namespace.Uri, features.AccountFeatures);
        }
    }

    [Fact]
    public async Task The_mailbox_hears_of_what_was_read_when_the_client_has_proved_it()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await TestGateway.StartAsync(time);
        var juliet = gateway.Cluster.User("juliet");
        await using var client = await XmppClient.AppearAsync(gateway, "juliet");
        juliet.Append("one");
        await client.ReadToAsync("</message>");
        time.Advance(TimeSpan.FromSeconds(1.1));
        var ping = await client.ReadToAsync("<ping xmlns='urn:xmpp:ping'/></iq>");
        Assert.Contains("id='krewe-read-1'", ping, StringComparison.Ordinal);
        // Not a word of what was not asked.
        await client.SendAsync("<iq type='result' id='krewe-read-7'/>");
        await client.SettleAsync();
        Assert.Empty(juliet.Acks);
        await client.SendAsync("<iq type='error' id='krewe-read-1'/>");
        await gateway.Cluster.UntilAsync(() => juliet.Acks.Count == 1, "the ack of item 1");
        Assert.Equal(("desk", 1L, false), juliet.Acks[0]);
    }

    [Fact]
    public async Task Items_that_events_left_out_are_read_and_come_in_order()
    {
        await using var gateway = await TestGateway.StartAsync();
        var juliet = gateway.Cluster.User("juliet");
        await using var client = await XmppClient.AppearAsync(gateway, "juliet");
        juliet.Silent = true;
        for (var i = 1; i <= 500; i++) juliet.Append($"message {i}");
        juliet.Silent = false;
        juliet.Append("message 501");
        for (var i = 1; i <= 501; i++) Assert.Contains($"<body>message {i}</body>", await client.ReadToAsync("</message>"), StringComparison.Ordinal);
    }
}
