using System.Collections.Immutable;
using Krewe.Core.Contacts;
using Krewe.Core.Errors;
using Krewe.Core.Limits;
using Krewe.Grains.Contacts;
using static Krewe.Core.Contacts.SubscriptionStanza;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Contacts;

public sealed class RosterTests
{
    private readonly RosterState _state = new();
    private readonly LimitOptions _limits = new() { Contacts = 3, Blocks = 2, PendingRequests = 2, ContactNameLength = 8, GroupsPerContact = 2 };

    private Roster Roster => new(_state, _limits);

    [Fact]
    public void An_asked_contact_is_out_of_sight_until_its_side_has_taken_the_request()
    {
        Assert.Null(Roster.Ask(Juliet, "Jule", ["Verona"]));
        Assert.Empty(Roster.Visible);
        Assert.Equal(Subscribe, Roster.Owed.Next(Juliet));

        Roster.Owed.Settle(Juliet, Subscribe);
        Roster.Confirm(Juliet);
        var contact = Assert.Single(Roster.Visible).AsContact(null);
        Assert.Equal((Subscription.None, true, false, "Jule"), (contact.Subscription, contact.PendingOut, contact.PendingIn, contact.Name));
    }

    [Fact]
    public void A_contact_that_does_not_exist_leaves_nothing()
    {
        Roster.Ask(Juliet, "Jule", []);
        Roster.Owed.Settle(Juliet, Subscribe);
        Roster.Abandon(Juliet);
        Assert.Empty(_state.Contacts);
        Assert.Empty(_state.Owed);
    }

    [Fact]
    public void A_refused_request_leaves_a_known_contact_as_it_was()
    {
        Roster.Set(Juliet, "Jule", ["Verona"]);
        Roster.Ask(Juliet, "other", ["x"]);
        Roster.Abandon(Juliet);
        var entry = Assert.Single(Roster.Visible);
        Assert.Equal(("Jule", SubscriptionState.None), (entry.Name, entry.State));
    }

    [Fact]
    public void A_refused_request_to_somebody_who_waits_leaves_that_request()
    {
        Receive(Subscribe);
        Roster.Ask(Juliet, "Jule", []);
        Roster.Abandon(Juliet);
        var contact = Assert.Single(Roster.Visible).AsContact(null);
        Assert.Equal((true, true, null), (contact.PendingIn, contact.Unlisted, contact.Name));
    }

    [Fact]
    public void An_approval_lets_the_contact_see_and_puts_it_into_the_roster()
    {
        Receive(Subscribe);
        Assert.True(Assert.Single(Roster.Visible).AsContact(null).Unlisted);
        Assert.Null(Roster.Answer(Juliet, approve: true));
        var contact = Assert.Single(Roster.Visible).AsContact(null);
        Assert.Equal((Subscription.From, false, false), (contact.Subscription, contact.PendingIn, contact.Unlisted));
        Assert.True(Roster.IsSeenBy(Juliet));
        Assert.False(Roster.Sees(Juliet));
        Assert.Equal(Subscribed, Roster.Owed.Next(Juliet));
    }

    [Fact]
    public void A_denied_stranger_is_gone_and_is_told()
    {
        Receive(Subscribe);
        Assert.Null(Roster.Answer(Juliet, approve: false));
        Assert.Empty(_state.Contacts);
        Assert.Equal(Unsubscribed, Roster.Owed.Next(Juliet));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Where_nothing_waits_there_is_nothing_to_answer(bool approve)
    {
        Assert.Equal(FaultCode.NotFound, Roster.Answer(Juliet, approve)?.Code);
        Receive(Subscribe);
        Roster.Answer(Juliet, approve: true);
        Assert.Equal(FaultCode.NotFound, Roster.Answer(Juliet, approve)?.Code);
        Assert.True(Roster.IsSeenBy(Juliet));
    }

    [Fact]
    public void Removing_ends_both_directions()
    {
        BecomeFriends();
        Assert.Null(Roster.Remove(Juliet));
        Assert.Empty(_state.Contacts);
        Assert.Equal([Unsubscribe, Unsubscribed], _state.Owed[Juliet]);
        Assert.Equal(FaultCode.NotFound, Roster.Remove(Juliet)?.Code);
    }

    [Fact]
    public void Who_sees_already_and_asks_again_is_answered_by_the_server()
    {
        BecomeFriends();
        Assert.True(Receive(Subscribe));
        Assert.Equal(Subscribed, Roster.Owed.Next(Juliet));
        Assert.Equal(SubscriptionState.Both, Roster.Find(Juliet)!.State);
    }

    [Fact]
    public void A_repeated_stanza_changes_nothing_the_second_time()
    {
        foreach (var stanza in new[] { Subscribe, Unsubscribe, Subscribed, Unsubscribed })
        {
            Receive(stanza);
            var contacts = _state.Contacts.ToDictionary();
            Assert.False(Receive(stanza));
            Assert.Equal(contacts, _state.Contacts);
        }
    }

    [Fact]
    public void An_answer_proves_that_the_request_arrived()
    {
        Roster.Ask(Juliet, null, []);
        Assert.True(Receive(Subscribed));
        Assert.Empty(_state.Owed);
        Assert.Equal(Subscription.To, Assert.Single(Roster.Visible).AsContact(null).Subscription);
    }

    [Fact]
    public void An_answer_to_an_older_request_does_not_swallow_the_end_that_waits_before_the_new_one()
    {
        Roster.Ask(Juliet, null, []);
        Roster.Confirm(Juliet);
        Roster.Remove(Juliet);
        Roster.Ask(Juliet, null, []);
        Receive(Subscribed);
        Assert.Equal([Unsubscribe, Subscribe], _state.Owed[Juliet]);
    }

    [Fact]
    public void Blocking_cuts_sight_both_ways_and_removes_nothing()
    {
        BecomeFriends();
        Assert.Null(Roster.Block(Juliet));
        Assert.False(Roster.Sees(Juliet));
        Assert.False(Roster.IsSeenBy(Juliet));
        Assert.Empty(Roster.Watchers.Concat(Roster.Watched));
        Assert.Equal(SubscriptionState.Both, Roster.Find(Juliet)!.State);
        Assert.True(Roster.Unblock(Juliet));
        Assert.False(Roster.Unblock(Juliet));
        Assert.True(Roster.Sees(Juliet));
    }

    [Fact]
    public void The_bound_on_contacts_names_itself()
    {
        for (var i = 0; i < 3; i++) Assert.Null(Roster.Set(Named($"c{i}"), null, []));
        Assert.Equal((FaultCode.TooMany, "contacts"), Of(Roster.Set(Juliet, null, [])));
        Assert.Equal((FaultCode.TooMany, "contacts"), Of(Roster.Ask(Juliet, null, [])));
        Assert.Null(Roster.Set(Named("c1"), "known", []));
        Receive(Subscribe);
        Assert.Equal((FaultCode.TooMany, "contacts"), Of(Roster.Answer(Juliet, approve: true)));
        Assert.Null(Roster.Answer(Juliet, approve: false));
    }

    [Fact]
    public void Strangers_cannot_fill_a_roster()
    {
        Assert.Null(Roster.Receive(Named("s1"), Subscribe, out _));
        Assert.Null(Roster.Receive(Named("s2"), Subscribe, out _));
        Assert.Equal((FaultCode.TooMany, "requests"), Of(Roster.Receive(Named("s3"), Subscribe, out var dirty)));
        Assert.False(dirty);
        Assert.Null(Roster.Receive(Named("s2"), Subscribe, out _));
        // Somebody whom the user has put into the roster is no stranger.
        Roster.Set(Juliet, null, []);
        Assert.Null(Roster.Receive(Juliet, Subscribe, out _));
    }

    [Fact]
    public void The_bound_on_blocks_names_itself()
    {
        Assert.Null(Roster.Block(Named("a")));
        Assert.Null(Roster.Block(Named("b")));
        Assert.Equal((FaultCode.TooMany, "blocks"), Of(Roster.Block(Named("c"))));
        Assert.Null(Roster.Block(Named("b")));
    }

    [Fact]
    public void Names_and_groups_are_bounded()
    {
        Assert.Equal((FaultCode.TooLarge, "name"), Of(Roster.Set(Juliet, "123456789", [])));
        Assert.Equal((FaultCode.TooLarge, "groups"), Of(Roster.Set(Juliet, null, ["123456789"])));
        Assert.Equal((FaultCode.TooMany, "groups"), Of(Roster.Ask(Juliet, null, ["a", "b", "c"])));
        Assert.Empty(_state.Contacts);
        Assert.Null(Roster.Set(Juliet, "😀😀😀😀😀😀😀😀", ["😀😀😀😀😀😀😀😀"]));
        Assert.Null(Roster.Set(Juliet, null, ["a", "a"]));
        Assert.Equal<ImmutableArray<string>>(["a"], Roster.Find(Juliet)!.Groups);
    }

    [Fact]
    public void The_end_of_an_account_owes_both_ends_to_everybody()
    {
        BecomeFriends();
        Roster.Block(Nurse);
        Roster.Clear();
        Assert.Empty(_state.Contacts);
        Assert.Empty(_state.Blocks);
        Assert.Equal([Unsubscribe, Unsubscribed], _state.Owed[Juliet]);
    }

    private bool Receive(SubscriptionStanza stanza)
    {
        Assert.Null(Roster.Receive(Juliet, stanza, out var dirty));
        return dirty;
    }

    private void BecomeFriends()
    {
        Roster.Ask(Juliet, null, []);
        Roster.Confirm(Juliet);
        Receive(Subscribed);
        Receive(Subscribe);
        Roster.Answer(Juliet, approve: true);
        _state.Owed.Clear();
        Assert.Equal(SubscriptionState.Both, Roster.Find(Juliet)!.State);
    }

    private static (FaultCode?, string?) Of(Fault? fault) => (fault?.Code, fault?.Member);
}
