using Krewe.Core.Devices;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Krewe.Grains.Mailboxes;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Push;

public sealed class PushPlannerTests
{
    [Fact]
    public Task A_message_makes_one_row_a_registered_device_due_after_the_grace() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone", "tablet");
        juliet.Devices.Add(new Device { Name = "laptop", LastSeen = juliet.Now });
        juliet.Planner.SetTargets(juliet.Devices);
        await juliet.ReceiveAsync(Romeo, "1");
        var rows = juliet.Store.Pushes(Juliet);
        Assert.Equal(["phone", "tablet"], rows.Select(row => row.Device));
        Assert.All(rows, row => Assert.Equal((PushKind.Message, 1, juliet.Now + juliet.Options.Grace, juliet.Now), (row.Kind, row.Seq, row.Due, row.Since)));
        Assert.Equal(1, juliet.Store.Commits);
    });

    [Fact]
    public Task Without_a_registration_a_commit_is_what_it_was() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync();
        MailboxCommit? seen = null;
        juliet.Store.Before = commit => Task.FromResult(seen = commit);
        await juliet.ReceiveAsync(Romeo, "1");
        Assert.True(seen!.Pushes.IsEmpty);
        Assert.Null(seen.State);
        await juliet.AckAsync("laptop", 1, read: true);
        Assert.True(seen.Pushes.IsEmpty);
    });

    [Fact]
    public Task Own_messages_receipts_corrections_and_silenced_people_make_no_row() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        juliet.Silenced.Add(Nurse);
        await juliet.Mailbox.AcceptAsync([
            Letter(Juliet, Romeo, "own"), Letter(Juliet, Juliet, "note"), Letter(Nurse, Juliet, "n"),
            Letter(Romeo, Juliet, "receipt") with { Kind = ItemKind.Delivered, Ids = ["own"] }, Letter(Romeo, Juliet, "fix") with { Replaces = "old" },
        ]);
        Assert.Empty(juliet.Store.Pushes(Juliet));
    });

    [Fact]
    public Task An_ack_in_time_takes_the_rows_away_in_its_own_commit() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone", "tablet");
        await juliet.ReceiveAsync(Romeo, "1");
        await juliet.AckAsync("laptop", 1);
        Assert.Empty(juliet.Store.Pushes(Juliet));
        Assert.Equal(2, juliet.Store.Commits);
    });

    [Fact]
    public Task An_ack_of_less_leaves_the_row() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        await juliet.ReceiveAsync(Romeo, "1");
        await juliet.ReceiveAsync(Romeo, "2");
        await juliet.AckAsync("laptop", 1);
        Assert.Equal(2, juliet.Row("phone")!.Seq);
    });

    [Fact]
    public Task A_session_that_nobody_looks_at_speaks_for_its_own_device_only() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone", "tablet");
        juliet.Idle.Add("tablet");
        await juliet.ReceiveAsync(Romeo, "1");
        await juliet.AckAsync("tablet", 1);
        Assert.Equal(["phone"], juliet.Store.Pushes(Juliet).Select(row => row.Device));
        Assert.Equal(1, (await juliet.PushAsync("phone")).Seq);
    });

    [Fact]
    public Task A_new_activation_takes_away_what_an_earlier_one_has_put() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        await juliet.ReceiveAsync(Romeo, "1");
        await juliet.ActivateAsync();
        await juliet.AckAsync("laptop", 1);
        Assert.Null(juliet.Row("phone"));
    });

    [Fact]
    public Task What_was_read_elsewhere_is_cleared_once() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        await juliet.ReceiveAsync(Romeo, "1");
        var shown = await juliet.PushAsync("phone");
        await juliet.AckAsync("laptop", 1);
        Assert.Null(juliet.Row("phone"));
        await juliet.AckAsync("laptop", 1, read: true);
        Assert.Equal((PushKind.Clear, juliet.Now), (juliet.Row("phone")!.Kind, juliet.Row("phone")!.Due));
        var clear = await juliet.PushAsync("phone");
        Assert.Equal((PushKind.Clear, true, 0, shown.Conversation), (clear.Kind, clear.Silent, clear.Unread, clear.Conversation));
        await juliet.AckAsync("laptop", 1, read: true);
        Assert.Null(juliet.Row("phone"));
    });

    [Fact]
    public Task What_was_read_elsewhere_is_cleared_after_a_restart_too() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        await juliet.ReceiveAsync(Romeo, "1");
        await juliet.PushAsync("phone");
        await juliet.ActivateAsync();
        await juliet.AckAsync("laptop", 1, read: true);
        Assert.Equal(PushKind.Clear, (await juliet.PushAsync("phone")).Kind);
    });

    [Fact]
    public Task What_was_read_on_the_device_itself_is_the_apps_to_clear() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        await juliet.ReceiveAsync(Romeo, "1");
        await juliet.PushAsync("phone");
        await juliet.AckAsync("phone", 1, read: true);
        Assert.Null(juliet.Row("phone"));
        await juliet.ReceiveAsync(Romeo, "2");
        await juliet.AckAsync("laptop", 2, read: true);
        Assert.Null(juliet.Row("phone"));
    });

    [Fact]
    public Task What_was_read_while_the_push_was_under_way_is_cleared() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        await juliet.ReceiveAsync(Romeo, "1");
        var notice = (await juliet.PrepareAsync("phone")).Notice!;
        await juliet.AckAsync("laptop", 1, read: true);
        Assert.Null(juliet.Row("phone"));
        await juliet.SentAsync(notice);
        Assert.Equal(PushKind.Clear, juliet.Row("phone")!.Kind);
    });

    [Fact]
    public Task A_clear_never_takes_the_place_of_a_message_that_waits() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        await juliet.ReceiveAsync(Romeo, "1");
        await juliet.PushAsync("phone");
        await juliet.ReceiveAsync(Romeo, "2");
        await juliet.AckAsync("laptop", 1, read: true);
        Assert.Equal((PushKind.Message, 2), (juliet.Row("phone")!.Kind, juliet.Row("phone")!.Seq));
        await juliet.ActivateAsync();
        await juliet.AckAsync("laptop", 1, read: true);
        Assert.Equal((PushKind.Message, 2), (juliet.Row("phone")!.Kind, juliet.Row("phone")!.Seq));
    });

    [Fact]
    public Task A_new_token_gets_what_waits_for_the_old_one() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        await juliet.ReceiveAsync(Romeo, "1");
        var before = juliet.Devices[0].Push!;
        juliet.Register("phone", registration => registration with { Platform = PushPlatform.Apns, Token = "new" });
        await juliet.Mailbox.ChangePushesAsync(state => juliet.Planner.Renewed(state, "phone", before, juliet.Mailbox.Last));
        Assert.Equal((PushPlatform.Apns, 1), (juliet.Row("phone")!.Platform, juliet.Row("phone")!.Seq));
        Assert.Equal("new", (await juliet.PushAsync("phone")).Registration.Token);
    });

    [Fact]
    public Task After_a_commit_that_failed_rows_are_not_believed_to_be_there() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        await juliet.ReceiveAsync(Romeo, "1");
        juliet.Store.Before = _ => throw new StoreUnavailableException("away");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => juliet.AckAsync("laptop", 1));
        juliet.Store.Before = null;
        await juliet.AckAsync("laptop", 1);
        Assert.Null(juliet.Row("phone"));
    });
}
