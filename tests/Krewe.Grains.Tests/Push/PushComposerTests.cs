using Krewe.Core.Devices;
using Krewe.Core.Push;
using Krewe.Core.Users;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Push;

public sealed class PushComposerTests
{
    [Theory]
    [InlineData(null, "romeo@localhost", "hi", "m")]
    [InlineData(PushPreview.Full, "romeo@localhost", "hi", "m")]
    [InlineData(PushPreview.Sender, "romeo@localhost", null, "m")]
    [InlineData(PushPreview.None, null, null, null)]
    public Task A_notice_carries_what_the_registration_allows(PushPreview? preview, string? from, string? text, string? id) => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync();
        juliet.Register("phone", registration => registration with { Preview = preview });
        await juliet.ReceiveAsync(Romeo, "m", "hi");
        var row = juliet.Row("phone")!;
        var notice = (await juliet.PrepareAsync("phone")).Notice!;
        Assert.Equal((from, text, id), (notice.From?.Text, notice.Preview, notice.MessageId));
        Assert.Equal((PushKind.Message, 1, 1, row.Since + juliet.Options.Expiry), (notice.Kind, notice.Seq, notice.Unread, notice.ExpiresAt));
        Assert.DoesNotContain("romeo", notice.Conversation, StringComparison.Ordinal);
    });

    [Fact]
    public Task A_notice_is_about_the_newest_message_with_its_corrections() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        await juliet.ReceiveAsync(Nurse, "n", "old");
        await juliet.ReceiveAsync(Romeo, "1", "helo");
        for (var i = 0; i < 40; i++) await juliet.ReceiveAsync(Romeo, $"fix {i}", $"hello {i}", replaces: "1");
        await juliet.ReceiveAsync(Nurse, "fix", "not his", replaces: "1");
        var notice = (await juliet.PrepareAsync("phone")).Notice!;
        Assert.Equal((2, "hello 39", 2), (notice.Seq, notice.Preview, notice.Unread));
    });

    [Fact]
    public Task A_conversation_has_one_name_for_ever_and_no_other_has_it() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        await juliet.ReceiveAsync(Romeo, "1");
        var first = await juliet.PushAsync("phone");
        await juliet.ActivateAsync();
        await juliet.ReceiveAsync(Nurse, "2");
        var second = await juliet.PushAsync("phone");
        await juliet.ReceiveAsync(Romeo, "3");
        var third = await juliet.PushAsync("phone");
        Assert.Equal(first.Conversation, third.Conversation);
        Assert.NotEqual(first.Conversation, second.Conversation);
        Assert.True(first.Conversation.Length <= 64);
    });

    [Fact]
    public Task What_was_sent_is_not_sent_again_though_its_row_came_back() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        await juliet.ReceiveAsync(Romeo, "1");
        await juliet.SentAsync((await juliet.PrepareAsync("phone")).Notice!);
        // The process dies here: the row was not settled and is claimed again.
        await juliet.ActivateAsync();
        Assert.Equal(PushPlan.Needless, await juliet.PrepareAsync("phone"));
        await juliet.ReceiveAsync(Romeo, "2");
        Assert.Equal((2, 2), ((await juliet.PushAsync("phone")).Unread, juliet.Mailbox.State.Pushes.Shown["phone"]));
    });

    [Fact]
    public Task Nothing_is_sent_for_what_was_acked_read_or_silenced_since() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        await juliet.ReceiveAsync(Romeo, "1");
        await juliet.ReceiveAsync(Nurse, "2");
        juliet.Silenced.Add(Nurse);
        var row = juliet.Row("phone")!;
        juliet.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Romeo, (await juliet.PrepareAsync("phone")).Notice!.From);
        await juliet.AckAsync("laptop", 1, read: true);
        Assert.Equal(PushPlan.Needless, await juliet.Composer.PrepareAsync(row, juliet.Devices[0].Push!));
        juliet.Silenced.Clear();
        await juliet.AckAsync("phone", 2);
        Assert.Equal(PushPlan.Needless, await juliet.Composer.PrepareAsync(row, juliet.Devices[0].Push!));
    });

    [Fact]
    public Task No_push_while_the_user_is_active_elsewhere() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        await juliet.ReceiveAsync(Romeo, "1");
        juliet.Time.Advance(TimeSpan.FromSeconds(4));
        var acked = juliet.Now;
        await juliet.AckAsync("laptop", 0);
        Assert.Equal(new PushPlan(null, acked + juliet.Options.ActiveFor), await juliet.PrepareAsync("phone"));
        juliet.Idle.Add("laptop");
        Assert.NotNull((await juliet.PrepareAsync("phone")).Notice);
        juliet.Idle.Clear();
        juliet.Time.Advance(juliet.Options.ActiveFor);
        Assert.NotNull((await juliet.PrepareAsync("phone")).Notice);
    });

    [Fact]
    public Task Quiet_hours_put_a_push_off_and_an_urgent_message_breaks_them() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync();
        juliet.Register("phone", registration => registration with { QuietHours = new(9 * 60, 13 * 60, "Europe/Berlin") });
        await juliet.ReceiveAsync(Romeo, "1");
        var noon = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
        var row = juliet.Row("phone")!;
        Assert.Equal(noon, row.Due);
        Assert.Equal(new PushPlan(null, noon), await juliet.Composer.PrepareAsync(row, juliet.Devices[0].Push!));
        await juliet.ReceiveAsync(Romeo, "2", hints: PushHints.Urgent);
        Assert.Equal(juliet.Now, juliet.Row("phone")!.Due);
        var notice = await juliet.PushAsync("phone");
        Assert.Equal((true, false, 2), (notice.Urgent, notice.Silent, notice.Unread));
    });

    [Fact]
    public Task An_urgent_message_is_not_calmed_by_a_later_one_and_a_loud_one_not_silenced() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        await juliet.ReceiveAsync(Romeo, "1", hints: PushHints.Silent);
        Assert.True((await juliet.PushAsync("phone")).Silent);
        await juliet.ReceiveAsync(Romeo, "2", hints: PushHints.Urgent);
        await juliet.ReceiveAsync(Romeo, "3", hints: PushHints.Silent);
        var notice = await juliet.PushAsync("phone");
        Assert.Equal((true, false), (notice.Urgent, notice.Silent));
    });

    [Fact]
    public Task A_row_that_is_due_before_its_message_can_be_seen_waits_for_it() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync("phone");
        var onDisk = new TaskCompletionSource();
        juliet.Store.After = _ => onDisk.Task;
        var receiving = juliet.ReceiveAsync(Romeo, "1", hints: PushHints.Urgent);
        var preparing = juliet.PrepareAsync("phone");
        await Turns.SettleAsync();
        Assert.False(preparing.IsCompleted);
        onDisk.SetResult();
        Assert.Equal(1, (await preparing.InTimeAsync("the push is prepared")).Notice!.Seq);
        await receiving;
    });

    [Fact]
    public Task A_test_push_goes_in_any_case_and_says_nothing() => Turns.RunAsync(async () =>
    {
        var juliet = await PushFixture.WithAsync();
        juliet.Register("phone", registration => registration with { QuietHours = new(0, 23 * 60, "UTC") });
        await juliet.ReceiveAsync(Romeo, "1", "secret");
        var row = juliet.Row("phone")! with { Kind = PushKind.Test };
        var notice = (await juliet.Composer.PrepareAsync(row, juliet.Devices[0].Push!)).Notice!;
        Assert.Equal((PushKind.Test, null, null, 1), (notice.Kind, notice.From, notice.Preview, notice.Unread));
        await juliet.SentAsync(notice);
        Assert.Empty(juliet.Mailbox.State.Pushes.Shown);
    });
}
