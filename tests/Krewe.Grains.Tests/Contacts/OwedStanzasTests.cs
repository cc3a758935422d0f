using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Grains.Contacts;
using static Krewe.Core.Contacts.SubscriptionStanza;

namespace Krewe.Grains.Tests.Contacts;

public sealed class OwedStanzasTests
{
    private readonly Dictionary<Jid, ImmutableArray<SubscriptionStanza>> _state = [];

    private OwedStanzas Owed => new(_state);

    [Fact]
    public void The_oldest_goes_first_and_the_last_one_leaves_nothing_behind()
    {
        Owe(Unsubscribe, Unsubscribed, Subscribe);
        Assert.Equal([Unsubscribe, Unsubscribed, Subscribe], Waiting);
        Assert.True(Owed.Settle(People.Romeo, Unsubscribe));
        Assert.True(Owed.Settle(People.Romeo, Unsubscribed));
        Assert.True(Owed.Settle(People.Romeo, Subscribe));
        Assert.Null(Owed.Next(People.Romeo));
        Assert.Empty(_state);
    }

    [Fact]
    public void An_end_makes_everything_void_that_waits_in_its_direction()
    {
        Owe(Subscribe, Subscribed, Unsubscribe);
        Assert.Equal([Subscribed, Unsubscribe], Waiting);
        Assert.False(Owed.Settle(People.Romeo, Subscribe));
    }

    [Fact]
    public void A_new_beginning_keeps_the_end_before_it() => Assert.Equal([Unsubscribe, Subscribe], Owe(Subscribe, Unsubscribe, Subscribe, Subscribe));

    [Fact]
    public void However_often_somebody_changes_their_mind_no_more_than_four_wait()
    {
        var random = new Random(6121);
        for (var i = 0; i < 1_000; i++) Owed.Add(People.Romeo, (SubscriptionStanza)random.Next(1, 5));
        Assert.InRange(Waiting.Length, 1, 4);
    }

    private ImmutableArray<SubscriptionStanza> Waiting => _state[People.Romeo];

    private ImmutableArray<SubscriptionStanza> Owe(params SubscriptionStanza[] stanzas)
    {
        foreach (var stanza in stanzas) Owed.Add(People.Romeo, stanza);
        return Waiting;
    }
}
