using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Core.Errors;
using Krewe.Core.Presence;
using Krewe.Core.Users;
using Krewe.Grains.Tests.Silos;
using static Krewe.Core.Contacts.SubscriptionStanza;

namespace Krewe.Grains.Tests.Contacts;

/// <summary>What two users see of each other's rosters, on a silo.</summary>
public sealed class ContactFlowTests : IAsyncLifetime
{
    private UserCluster _cluster = null!;
    private Jid _romeo;
    private Jid _juliet;

    public async ValueTask InitializeAsync()
    {
        _cluster = await UserCluster.StartAsync(limits: limits => limits.PendingRequests = 2);
        _romeo = await _cluster.RegisterAsync("romeo");
        _juliet = await _cluster.RegisterAsync("juliet");
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Romeo_asks_Juliet_approves_and_presence_flows_at_once()
    {
        var romeo = await _cluster.ConnectAsync(_romeo);
        var juliet = await _cluster.ConnectAsync(_juliet);
        Assert.Null((await Roster(_romeo).AddContactAsync(_juliet, "Jule", ["Verona"])).Fault);

        Assert.True((await romeo.SeesContactAsync(_juliet, Subscription.None)).PendingOut);
        Assert.True((await juliet.SeesContactAsync(_romeo, Subscription.None)).PendingIn);
        var asked = await _cluster.ContactAsync(_romeo, _juliet);
        Assert.Equal(("Jule", "Verona", true, false), (asked!.Name, asked.Groups.Single(), asked.PendingOut, asked.PendingIn));
        Assert.True((await _cluster.ContactAsync(_juliet, _romeo))!.PendingIn);

        Assert.Null((await Roster(_juliet).SendSubscriptionAsync(_romeo, Subscribed)).Fault);
        await romeo.SeesContactAsync(_juliet, Subscription.To);
        await romeo.SeesAsync(_juliet, Show.Available);
        await juliet.SeesContactAsync(_romeo, Subscription.From);
        var approved = await _cluster.ContactAsync(_romeo, _juliet);
        Assert.Equal((Subscription.To, false, Show.Available), (approved!.Subscription, approved.PendingOut, approved.Presence!.Show));
        var granted = await _cluster.ContactAsync(_juliet, _romeo);
        Assert.Equal((Subscription.From, false, null), (granted!.Subscription, granted.PendingIn, granted.Presence));
        Assert.DoesNotContain("romeo Available", juliet.SeenPresence);
    }

    [Fact]
    public async Task Juliet_denies_and_Romeo_may_ask_again()
    {
        var juliet = await _cluster.ConnectAsync(_juliet);
        await Roster(_romeo).AddContactAsync(_juliet, null, []);
        Assert.Null((await Roster(_juliet).SendSubscriptionAsync(_romeo, Unsubscribed)).Fault);
        await juliet.SeesContactAsync(_romeo, Subscription.Remove);
        Assert.Null(await _cluster.ContactAsync(_juliet, _romeo));
        var denied = await _cluster.ContactAsync(_romeo, _juliet);
        Assert.Equal((Subscription.None, false), (denied!.Subscription, denied.PendingOut));

        Assert.Null((await Roster(_romeo).AddContactAsync(_juliet, null, [])).Fault);
        Assert.True((await _cluster.ContactAsync(_juliet, _romeo))!.PendingIn);
    }

    [Fact]
    public async Task An_unknown_user_and_one_that_blocks_are_answered_alike_and_nothing_is_stored()
    {
        await Roster(_juliet).BlockAsync(_romeo);
        var blocking = await Roster(_romeo).AddContactAsync(_juliet, "Jule", []);
        var unknown = await Roster(_romeo).AddContactAsync(People.Named("rosaline"), "Rosa", []);
        Assert.Equal(FaultCode.NotFound, unknown.Fault?.Code);
        Assert.Equal(unknown.Fault, blocking.Fault);
        Assert.Empty(await Roster(_romeo).GetContactsAsync());
        Assert.Empty(await Roster(_juliet).GetContactsAsync());
    }

    [Fact]
    public async Task Another_domain_is_not_found_and_oneself_is_a_bad_request()
    {
        var foreign = Jid.FromCanonical("juliet@capulet.example");
        Assert.Equal(FaultCode.NotFound, (await Roster(_romeo).AddContactAsync(foreign, null, [])).Fault?.Code);
        var self = (await Roster(_romeo).AddContactAsync(_romeo, null, [])).Fault;
        Assert.Equal((FaultCode.BadRequest, "address"), (self?.Code, self?.Member));
        Assert.Empty(await Roster(_romeo).GetContactsAsync());
    }

    [Fact]
    public async Task Adding_a_contact_again_changes_name_and_groups_and_asks_only_where_it_is_needed()
    {
        await _cluster.SubscribeAsync(_romeo, _juliet);
        var romeo = await _cluster.ConnectAsync(_romeo);
        Assert.Null((await Roster(_romeo).AddContactAsync(_juliet, "Sun", ["East"])).Fault);
        Assert.Equal(("Sun", Subscription.To), ((await romeo.SeesContactAsync(_juliet, Subscription.To)).Name, Subscription.To));
        Assert.False((await _cluster.ContactAsync(_juliet, _romeo))!.PendingIn);
        Assert.Equal("East", (await _cluster.ContactAsync(_romeo, _juliet))!.Groups.Single());
    }

    [Fact]
    public async Task Asking_again_while_the_request_waits_changes_the_name_and_nothing_else()
    {
        await Roster(_romeo).AddContactAsync(_juliet, "Jule", []);
        Assert.Null((await Roster(_romeo).AddContactAsync(_juliet, "Sun", [])).Fault);
        var contact = await _cluster.ContactAsync(_romeo, _juliet);
        Assert.Equal(("Sun", true), (contact!.Name, contact.PendingOut));
        Assert.Single(await Roster(_juliet).GetContactsAsync());
    }

    [Fact]
    public async Task Both_may_ask_and_both_may_approve()
    {
        await _cluster.BefriendAsync(_romeo, _juliet);
        Assert.Equal(Subscription.Both, (await _cluster.ContactAsync(_romeo, _juliet))!.Subscription);
        Assert.Equal(Subscription.Both, (await _cluster.ContactAsync(_juliet, _romeo))!.Subscription);
    }

    [Fact]
    public async Task Removing_a_contact_ends_both_directions()
    {
        await _cluster.BefriendAsync(_romeo, _juliet);
        var romeo = await _cluster.ConnectAsync(_romeo);
        var juliet = await _cluster.ConnectAsync(_juliet);
        await romeo.SeesAsync(_juliet, Show.Available);
        await juliet.SeesAsync(_romeo, Show.Available);
        Assert.Null((await Roster(_romeo).RemoveContactAsync(_juliet)).Fault);

        await romeo.SeesAsync(_juliet, Show.Offline);
        await romeo.SeesContactAsync(_juliet, Subscription.Remove);
        await juliet.SeesAsync(_romeo, Show.Offline);
        Assert.Empty(await Roster(_romeo).GetContactsAsync());
        Assert.Equal(Subscription.None, (await _cluster.ContactAsync(_juliet, _romeo))!.Subscription);
        Assert.Equal(FaultCode.NotFound, (await Roster(_romeo).RemoveContactAsync(_juliet)).Fault?.Code);

        await _cluster.SayAsync(_romeo, Show.Dnd);
        await _cluster.SayAsync(_juliet, Show.Dnd);
        Assert.DoesNotContain("romeo Dnd", (await SeenAsync(juliet)).Concat(await SeenAsync(romeo)));
        Assert.DoesNotContain("juliet Dnd", await SeenAsync(romeo));
    }

    [Theory, InlineData(Subscribed), InlineData(Unsubscribed)]
    public async Task Where_nothing_waits_there_is_nothing_to_answer(SubscriptionStanza answer)
    {
        Assert.Equal(FaultCode.NotFound, (await Roster(_juliet).SendSubscriptionAsync(_romeo, answer)).Fault?.Code);
        await _cluster.SubscribeAsync(_romeo, _juliet);
        Assert.Equal(FaultCode.NotFound, (await Roster(_juliet).SendSubscriptionAsync(_romeo, answer)).Fault?.Code);
        Assert.Equal(Subscription.To, (await _cluster.ContactAsync(_romeo, _juliet))!.Subscription);
    }

    [Fact]
    public async Task What_was_granted_can_be_taken_back()
    {
        await _cluster.SubscribeAsync(_romeo, _juliet);
        var romeo = await _cluster.ConnectAsync(_romeo);
        await _cluster.ConnectAsync(_juliet);
        await romeo.SeesAsync(_juliet, Show.Available);
        Assert.Null((await Roster(_juliet).CancelSubscriptionAsync(_romeo)).Fault);
        await romeo.SeesAsync(_juliet, Show.Offline);
        await romeo.SeesContactAsync(_juliet, Subscription.None);
        Assert.Equal(FaultCode.NotFound, (await Roster(_juliet).CancelSubscriptionAsync(_romeo)).Fault?.Code);
    }

    [Fact]
    public async Task Strangers_cannot_fill_a_roster()
    {
        foreach (var name in new[] { "sampson", "gregory" })
            Assert.Null((await Roster(await _cluster.RegisterAsync(name)).AddContactAsync(_juliet, null, [])).Fault);
        var refused = (await Roster(_romeo).AddContactAsync(_juliet, null, [])).Fault;
        Assert.Equal((FaultCode.TooMany, "requests"), (refused?.Code, refused?.Member));
        Assert.Empty(await Roster(_romeo).GetContactsAsync());
    }

    [Fact]
    public async Task A_deleted_account_leaves_its_contacts_rosters_in_order()
    {
        await _cluster.BefriendAsync(_romeo, _juliet);
        var romeo = await _cluster.ConnectAsync(_romeo);
        await _cluster.ConnectAsync(_juliet);
        await romeo.SeesAsync(_juliet, Show.Available);
        Assert.Null((await _cluster.User<IAccountGrain>(_juliet).DeleteAsync()).Fault);
        await romeo.SeesAsync(_juliet, Show.Offline);
        Assert.Equal(Subscription.None, (await _cluster.ContactAsync(_romeo, _juliet))!.Subscription);
        Assert.Equal(FaultCode.NotFound, (await Roster(_romeo).AddContactAsync(_juliet, null, [])).Fault?.Code);
    }

    [Fact]
    public async Task Rosters_and_blocks_outlive_the_grain()
    {
        await _cluster.SubscribeAsync(_romeo, _juliet);
        await Roster(_romeo).BlockAsync(People.Named("tybalt"));
        await _cluster.ForgetAsync(_romeo);
        Assert.Equal(Subscription.To, (await _cluster.ContactAsync(_romeo, _juliet))!.Subscription);
        Assert.Equal([People.Named("tybalt")], await Roster(_romeo).GetBlocksAsync());
    }

    [Fact]
    public async Task A_stanza_that_the_other_side_could_not_save_is_brought_again()
    {
        await _cluster.BefriendAsync(_romeo, _juliet);
        var failures = 0;
        _cluster.States.BeforeWrite = (state, user) =>
        {
            if (state == "roster" && user == _juliet.Text && Interlocked.Increment(ref failures) <= 3) throw new IOException("The disk is away.");
        };
        Assert.Null((await Roster(_romeo).RemoveContactAsync(_juliet)).Fault);
        Assert.Equal(Subscription.None, (await _cluster.ContactAsync(_juliet, _romeo))!.Subscription);
        Assert.True(failures > 3);
    }

    [Fact]
    public async Task What_cannot_be_saved_did_not_happen()
    {
        _cluster.States.BeforeWrite = (_, user) =>
        {
            if (user == _romeo.Text) throw new IOException("The disk is away.");
        };
        Assert.Equal(FaultCode.Unavailable, (await Roster(_romeo).AddContactAsync(_juliet, null, [])).Fault?.Code);
        Assert.Equal(FaultCode.Unavailable, (await Roster(_romeo).BlockAsync(_juliet)).Fault?.Code);
        Assert.Empty(await Roster(_romeo).GetContactsAsync());
        Assert.Empty(await Roster(_romeo).GetBlocksAsync());
        Assert.Empty(await Roster(_juliet).GetContactsAsync());
    }

    [Fact]
    public async Task What_is_owed_goes_out_with_the_next_activation()
    {
        await _cluster.BefriendAsync(_romeo, _juliet);
        var away = true;
        _cluster.States.BeforeWrite = (state, user) =>
        {
            if (away && state == "roster" && user == _juliet.Text) throw new IOException("The disk is away.");
        };
        var removing = Roster(_romeo).RemoveContactAsync(_juliet).AsTask();
        while ((await Roster(_romeo).GetContactsAsync()).Length > 0) await Task.Yield();
        var juliet = await _cluster.ConnectAsync(_juliet);
        await _cluster.ForgetAsync(_romeo);
        await removing;
        away = false;
        await Roster(_romeo).GetContactsAsync();
        await juliet.SeesContactAsync(_romeo, Subscription.None);
    }

    private IRosterGrain Roster(Jid user) => _cluster.User<IRosterGrain>(user);

    private static async Task<IEnumerable<string>> SeenAsync(TestSession session)
    {
        await session.AllAsync();
        return session.SeenPresence;
    }
}
