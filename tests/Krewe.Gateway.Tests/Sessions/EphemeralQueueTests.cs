using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Core.Gateways;
using Krewe.Core.Presence;
using Krewe.Gateway.Sessions;

namespace Krewe.Gateway.Tests.Sessions;

public sealed class EphemeralQueueTests
{
    private static readonly Jid Owner = Jid.FromCanonical("juliet@localhost");

    [Fact]
    public void Before_the_start_presence_is_kept_and_typing_is_not()
    {
        var sink = new Sink();
        var queue = new EphemeralQueue(10, sink);
        queue.Offer(Presence("romeo", Show.Away));
        queue.Offer(new TypingEvent(Owner, Jid.FromCanonical("romeo@localhost"), "phone", "composing"));
        queue.Start();
        Assert.Equal([Presence("romeo", Show.Away)], sink.Written);
        Assert.True(queue.Offer(new TypingEvent(Owner, Jid.FromCanonical("romeo@localhost"), "phone", "composing")));
    }

    [Fact]
    public void While_there_is_no_room_the_newest_of_each_contact_is_kept_and_nothing_overtakes()
    {
        var sink = new Sink();
        var queue = new EphemeralQueue(10, sink);
        queue.Start();
        sink.HasRoom = false;
        queue.Offer(Presence("romeo", Show.Away));
        queue.Offer(Presence("nurse", Show.Available));
        queue.Offer(Presence("romeo", Show.Dnd));
        queue.Offer(new ContactEvent(Owner, new Contact { Address = Jid.FromCanonical("romeo@localhost") }));
        sink.HasRoom = true;
        Assert.False(queue.Offer(Presence("romeo", Show.Offline)));
        queue.Start();
        Assert.Equal(3, sink.Written.Count);
        Assert.Contains(Presence("romeo", Show.Offline), sink.Written);
        Assert.Contains(Presence("nurse", Show.Available), sink.Written);
        Assert.True(queue.Offer(Presence("romeo", Show.Available)));
    }

    [Fact]
    public void What_is_kept_is_bounded()
    {
        var sink = new Sink();
        var queue = new EphemeralQueue(3, sink);
        for (var i = 0; i < 10; i++) queue.Offer(Presence($"user{i}", Show.Away));
        queue.Offer(Presence("user0", Show.Dnd));
        queue.Start();
        Assert.Equal(3, sink.Written.Count);
        Assert.Contains(Presence("user0", Show.Dnd), sink.Written);
    }

    private static readonly Dictionary<Show, PresenceState> States = Enum.GetValues<Show>().ToDictionary(show => show, show => new PresenceState { Show = show });

    private static PresenceEvent Presence(string name, Show show) =>
        new(Owner, new PresenceChange(Jid.FromCanonical($"{name}@localhost"), "phone", States[show], States[show]));

    private sealed class Sink : IEphemeralSink
    {
        public bool HasRoom { get; set; } = true;

        public List<GatewayEvent> Written { get; } = [];

        public void Write(GatewayEvent gatewayEvent) => Written.Add(gatewayEvent);
    }
}
