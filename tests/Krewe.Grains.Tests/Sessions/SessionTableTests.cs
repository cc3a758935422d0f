using Krewe.Core.Gateways;
using Krewe.Core.Users;
using Krewe.Grains.Sessions;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Sessions;

public sealed class SessionTableTests : IGatewayPublisher
{
    private static readonly SiloAddress Gateway1 = SiloAddress.FromParsableString("127.0.0.1:1@1");
    private static readonly SiloAddress Gateway2 = SiloAddress.FromParsableString("127.0.0.1:2@2");
    private readonly List<(SiloAddress Gateway, GatewayEvent Event)> _published = [];
    private readonly SessionTable _table;

    public SessionTableTests() => _table = new SessionTable(Romeo, this);

    [Fact]
    public void A_gateway_with_many_sessions_is_told_of_an_item_once()
    {
        _table.Open(Session("a", Gateway1));
        _table.Open(Session("b", Gateway1));
        _table.Open(Session("c", Gateway2));
        _table.Publish(Letter(Juliet, Romeo, "1"));
        Assert.Equal([Gateway1, Gateway2], _published.Select(published => published.Gateway).OrderBy(gateway => gateway.Endpoint.Port));
    }

    [Fact]
    public void Only_gateways_whose_sessions_want_a_kind_are_told_of_it()
    {
        _table.Open(Session("a", Gateway1, SessionWants.Items));
        _table.Open(Session("b", Gateway2, SessionWants.Presence));
        _table.Publish(Letter(Juliet, Romeo, "1"));
        Assert.Equal(Gateway1, Assert.Single(_published).Gateway);
        _published.Clear();
        _table.PublishPresence(new TypingEvent(Romeo, Juliet, "balcony", "composing"));
        Assert.Equal(Gateway2, Assert.Single(_published).Gateway);
        _published.Clear();
        _table.PublishDevices(new TypingEvent(Romeo, Juliet, "balcony", "composing"));
        Assert.Empty(_published);
        _table.PublishAll(new RegisterAgainEvent(Romeo));
        Assert.Equal(2, _published.Count);
    }

    [Fact]
    public void A_gateway_is_told_no_more_when_its_last_session_ends()
    {
        _table.Open(Session("a", Gateway1));
        _table.Open(Session("b", Gateway1));
        Assert.Equal("a", _table.Close("a")?.SessionId);
        Assert.Null(_table.Close("a"));
        Assert.True(_table.IsOn(Gateway1));
        _table.Close("b");
        Assert.False(_table.IsOn(Gateway1));
        _table.Publish(Letter(Juliet, Romeo, "1"));
        Assert.Empty(_published);
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void The_same_id_again_takes_the_place_of_the_first()
    {
        Assert.Null(_table.Open(Session("a", Gateway1)));
        Assert.Equal(Gateway1, _table.Open(Session("a", Gateway2))?.Gateway);
        Assert.Equal(1, _table.Count);
        Assert.Empty(_table.On(Gateway1));
        Assert.Single(_table.On(Gateway2));
    }

    [Fact]
    public void An_event_for_one_session_names_it()
    {
        var session = Session("a", Gateway1);
        _table.Open(session);
        _table.PublishTo(session, new RegisterAgainEvent(Romeo));
        Assert.Equal("a", Assert.Single(_published).Event.SessionId);
    }

    void IGatewayPublisher.Publish(SiloAddress gateway, GatewayEvent gatewayEvent) => _published.Add((gateway, gatewayEvent));

    private static SessionInfo Session(string id, SiloAddress gateway, SessionWants wants = SessionWants.All) =>
        new() { SessionId = id, Device = "phone", Gateway = gateway, Wants = wants };
}
