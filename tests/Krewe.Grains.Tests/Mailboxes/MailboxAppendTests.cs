using Krewe.Core.Mailboxes;
using Krewe.Grains.Mailboxes;
using Krewe.Grains.Users;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Mailboxes;

public sealed class MailboxAppendTests
{
    private readonly MailboxFixture _fixture = new();

    [Fact]
    public Task Items_are_numbered_at_once_and_without_gaps() => Turns.RunAsync(async () =>
    {
        var mailbox = await _fixture.OpenAsync(Juliet);
        var disk = new TaskCompletionSource();
        _fixture.Store.Before = _ => disk.Task;

        var first = mailbox.AcceptAsync([Letter(Romeo, Juliet, "1"), Letter(Romeo, Juliet, "2")]);
        var second = mailbox.AcceptAsync([Letter(Nurse, Juliet, "3")]);
        disk.SetResult();

        Assert.Equal([1, 2], (await first).Select(answer => answer.Value!.Seq));
        Assert.Equal([3], (await second).Select(answer => answer.Value!.Seq));
    });

    [Fact]
    public Task An_item_is_seen_only_when_it_is_durable() => Turns.RunAsync(async () =>
    {
        var mailbox = await _fixture.OpenAsync(Juliet);
        var flushed = new TaskCompletionSource();
        _fixture.Store.After = _ => flushed.Task;

        var append = mailbox.AcceptAsync([Letter(Romeo, Juliet, "1")]);
        await Turns.SettleAsync();

        // On disk by now, but its commit has not come back: nobody may have read what could yet be lost.
        Assert.Single(_fixture.Store.Items(Juliet));
        Assert.Equal(0, mailbox.Last);
        Assert.Empty(_fixture.Announced);
        Assert.Empty((await mailbox.ReadAsync(0, 10)).Value!.Items);
        Assert.Empty((await mailbox.ReadHistoryAsync(Romeo, null, 10)).Value!.Items);
        Assert.False(append.IsCompleted);

        flushed.SetResult();
        await append;

        Assert.Equal(1, mailbox.Last);
        Assert.Single(_fixture.Announced);
        Assert.Single((await mailbox.ReadAsync(0, 10)).Value!.Items);
    });

    [Fact]
    public Task A_failed_commit_is_not_acknowledged_and_the_mailbox_recovers_by_itself() => Turns.RunAsync(async () =>
    {
        var mailbox = await _fixture.OpenAsync(Juliet);
        await mailbox.AcceptAsync([Letter(Romeo, Juliet, "1")]);
        _fixture.Store.Before = _ => throw new StoreUnavailableException("The disk is full.");

        Assert.Equal(StoreFaults.Unavailable, (await mailbox.AcceptAsync([Letter(Romeo, Juliet, "2")]))[0].Fault);
        Assert.Equal(1, (await mailbox.ReadAsync(0, 10)).Value!.Last);

        _fixture.Store.Before = null;
        var delivered = await mailbox.AcceptAsync([Letter(Romeo, Juliet, "2")]);

        Assert.Equal(2, delivered[0].Value!.Seq);
        Assert.Equal([1, 2], _fixture.Announced.Select(item => item.Seq));
        Assert.Equal(0, _fixture.Fenced);
    });

    [Fact]
    public Task A_commit_of_unknown_outcome_is_found_by_the_retry_and_announced_once() => Turns.RunAsync(async () =>
    {
        var mailbox = await _fixture.OpenAsync(Juliet);
        _fixture.Store.After = _ => throw new StoreUnavailableException("The connection broke.");
        Assert.Equal(StoreFaults.Unavailable, (await mailbox.AcceptAsync([Letter(Romeo, Juliet, "1")]))[0].Fault);
        Assert.Empty(_fixture.Announced);

        _fixture.Store.After = null;
        var delivered = await mailbox.AcceptAsync([Letter(Romeo, Juliet, "1")]);

        Assert.Equal(1, delivered[0].Value!.Seq);
        Assert.Single(_fixture.Store.Items(Juliet));
        Assert.Single(_fixture.Announced);
    });

    [Fact]
    public Task What_was_under_way_behind_a_failed_commit_is_refused_with_it() => Turns.RunAsync(async () =>
    {
        var mailbox = await _fixture.OpenAsync(Juliet);
        var disk = new TaskCompletionSource();
        _fixture.Store.Before = async commit =>
        {
            await disk.Task;
            if (commit.Items[0].Id == "1") throw new StoreUnavailableException("The disk is full.");
        };
        var first = mailbox.AcceptAsync([Letter(Romeo, Juliet, "1")]);
        var second = mailbox.AcceptAsync([Letter(Nurse, Juliet, "2")]);
        disk.SetResult();

        Assert.Equal(StoreFaults.Unavailable, (await first)[0].Fault);
        Assert.Equal(StoreFaults.Unavailable, (await second)[0].Fault);
        Assert.Equal(0, _fixture.Fenced);

        _fixture.Store.Before = null;
        await mailbox.AcceptAsync([Letter(Nurse, Juliet, "2")]);
        await mailbox.AcceptAsync([Letter(Romeo, Juliet, "1")]);
        Assert.Equal(["2", "1"], _fixture.Store.Items(Juliet).Select(item => item.Id));
        Assert.Equal([1, 2], _fixture.Announced.Select(item => item.Seq));
    });

    [Fact]
    public Task A_stale_activation_is_fenced_and_harms_nothing() => Turns.RunAsync(async () =>
    {
        var stale = await _fixture.OpenAsync(Juliet);
        var current = await _fixture.OpenAsync(Juliet);
        await current.AcceptAsync([Letter(Romeo, Juliet, "1")]);

        Assert.Equal(StoreFaults.Moved, (await stale.AcceptAsync([Letter(Romeo, Juliet, "2")]))[0].Fault);
        Assert.Equal(StoreFaults.Moved, (await stale.AcceptAsync([Letter(Romeo, Juliet, "3")]))[0].Fault);

        Assert.Equal(1, _fixture.Fenced);
        await current.AcceptAsync([Letter(Romeo, Juliet, "2")]);
        Assert.Equal(["1", "2"], _fixture.Store.Items(Juliet).Select(item => item.Id));
    });

    [Fact]
    public Task A_stale_activation_cannot_move_acks_back() => Turns.RunAsync(async () =>
    {
        await (await _fixture.OpenAsync(Juliet)).AcceptAsync([Letter(Romeo, Juliet, "1"), Letter(Romeo, Juliet, "2")]);
        var stale = await _fixture.OpenAsync(Juliet);
        var current = await _fixture.OpenAsync(Juliet);
        Assert.Null((await current.AckAsync("phone", 2, read: false, maxDevices: 10)).Fault);

        await Assert.ThrowsAsync<MailboxFencedException>(() => stale.AckAsync("tablet", 1, read: false, maxDevices: 10).AsTask());

        Assert.Equal(1, _fixture.Fenced);
        Assert.Equal(2, (await _fixture.OpenAsync(Juliet)).State.Acked["phone"]);
    });

    [Fact]
    public Task A_reader_who_knows_more_than_a_stale_activation_is_not_told_that_items_are_gone() => Turns.RunAsync(async () =>
    {
        var stale = await _fixture.OpenAsync(Juliet);
        var current = await _fixture.OpenAsync(Juliet);
        await current.AcceptAsync([Letter(Romeo, Juliet, "1")]);

        await Assert.ThrowsAsync<MailboxFencedException>(() => stale.ReadAsync(1, 10).AsTask());
        Assert.Equal(1, _fixture.Fenced);
    });

    [Fact]
    public Task A_closed_mailbox_takes_nothing_more_and_finishes_what_it_took() => Turns.RunAsync(async () =>
    {
        var mailbox = await _fixture.OpenAsync(Juliet);
        var disk = new TaskCompletionSource();
        _fixture.Store.Before = _ => disk.Task;
        var append = mailbox.AcceptAsync([Letter(Romeo, Juliet, "1")]);

        var close = mailbox.CloseAsync();
        Assert.Equal(StoreFaults.Moved, (await mailbox.AcceptAsync([Letter(Romeo, Juliet, "2")]))[0].Fault);
        Assert.False(close.IsCompleted);
        disk.SetResult();

        await close;
        Assert.Equal(1, (await append)[0].Value!.Seq);
    });

    [Fact]
    public Task A_clock_that_steps_back_does_not_make_the_next_message_older() => Turns.RunAsync(async () =>
    {
        var fixture = new MailboxFixture();
        var mailbox = await fixture.OpenAsync(Romeo);
        fixture.Time.Advance(TimeSpan.FromTicks(12_345));
        var before = mailbox.NextSentAt();
        Assert.Equal(0, before.Ticks % TimeSpan.TicksPerMillisecond);
        await mailbox.AcceptAsync([Letter(Romeo, Juliet, "1") with { SentAt = before }]);

        // An hour back, and another activation that has not seen the first message being sent.
        var later = new MailboxFixture();
        later.Time.AdjustTime(before - TimeSpan.FromHours(1));
        var reloaded = new Mailbox(Romeo, fixture.Store, later.Time, new MailboxEvents(_ => { }, () => { }, _ => { }));
        await reloaded.OpenAsync();

        Assert.True(reloaded.NextSentAt() >= before);
    });
}
