using Krewe.Core.Devices;
using Krewe.Core.Push;
using static Krewe.Storage.Tests.Mailboxes.Letters;

namespace Krewe.Storage.Tests.Pushes;

/// <summary>What happens to a row while a worker has it in hand, and what is set aside.</summary>
public abstract partial class PushOutboxContract
{
    [Fact]
    public async Task A_message_that_came_while_its_forerunner_was_sent_waits_as_if_it_were_alone()
    {
        await PutAsync(Push(Juliet, "phone", 1, Now));
        var claimed = Assert.Single(await ClaimAsync(Now));
        await PutAsync(Push(Juliet, "phone", 2, Now + Grace) with { Since = Now + TimeSpan.FromSeconds(1) });
        await PutAsync(Push(Juliet, "phone", 3, Now + Grace + Grace) with { Since = Now + TimeSpan.FromSeconds(2) });
        Assert.Empty(await ClaimAsync(Now + Grace));
        await Outbox.SettleAsync(claimed, null);
        Assert.Equal(Now + Grace, await Outbox.NextDueAsync(Every));
        var second = Assert.Single(await ClaimAsync(Now + Grace));
        Assert.Equal((3, Now + Grace, Now + TimeSpan.FromSeconds(1), 0), (second.Seq, second.Due, second.Since, second.Attempts));
    }

    [Fact]
    public async Task What_the_worker_sent_along_needs_no_push_of_its_own()
    {
        await PutAsync(Push(Juliet, "phone", 1, Now));
        var claimed = Assert.Single(await ClaimAsync(Now));
        await PutAsync(Push(Juliet, "phone", 2, Now + Grace));
        await Outbox.SettleAsync(claimed with { Seq = 2 }, null);
        Assert.Equal(0, await WaitingAsync());
    }

    [Fact]
    public async Task A_message_that_came_while_its_forerunner_failed_waits_with_it()
    {
        await PutAsync(Push(Juliet, "phone", 1, Now));
        var claimed = Assert.Single(await ClaimAsync(Now));
        await PutAsync(Push(Juliet, "phone", 2, Now + Grace));
        await Outbox.SettleAsync(claimed, claimed with { Due = Now + Lease, Attempts = 1 });
        Assert.Empty(await ClaimAsync(Now + Grace));
        var again = Assert.Single(await ClaimAsync(Now + Lease));
        Assert.Equal((2L, Now, 1), (again.Seq, again.Since, again.Attempts));
    }

    [Fact]
    public async Task A_clear_that_came_while_the_message_was_sent_is_sent_after_it()
    {
        await PutAsync(Push(Juliet, "phone", 1, Now));
        var claimed = Assert.Single(await ClaimAsync(Now));
        await PutAsync(Push(Juliet, "phone", 1, Now) with { Kind = PushKind.Clear });
        Assert.Empty(await ClaimAsync(Now));
        await Outbox.SettleAsync(claimed, null);
        Assert.Equal(PushKind.Clear, Assert.Single(await ClaimAsync(Now)).Kind);
    }

    [Fact]
    public async Task A_clear_that_came_while_the_message_failed_honours_the_back_off()
    {
        await PutAsync(Push(Juliet, "phone", 1, Now));
        var claimed = Assert.Single(await ClaimAsync(Now));
        await PutAsync(Push(Juliet, "phone", 1, Now) with { Kind = PushKind.Clear });
        await Outbox.SettleAsync(claimed, claimed with { Due = Now + Grace, Attempts = 1 });
        Assert.Empty(await ClaimAsync(Now));
        var clear = Assert.Single(await ClaimAsync(Now + Grace));
        Assert.Equal((PushKind.Clear, 1), (clear.Kind, clear.Attempts));
    }

    [Fact]
    public async Task A_row_that_became_needless_while_it_was_in_hand_does_not_come_back()
    {
        await PutAsync(Push(Juliet, "phone", 1, Now));
        await PutAsync(Push(Juliet, "tablet", 1, Now));
        var claimed = await ClaimAsync(Now);
        await Mailboxes.CommitAsync(new() { Owner = Juliet, Pushes = [new("phone", null), new("tablet", null)] });
        await Outbox.SettleAsync(claimed[0], claimed[0] with { Due = Now + Grace });
        await Outbox.SetAsideAsync(claimed[1], "PAYLOAD");
        Assert.Equal(0, await WaitingAsync());
        Assert.Empty(await ClaimAsync(Now + Lease));
        Assert.Empty(await Outbox.ListSetAsideAsync(10));
    }

    [Fact]
    public async Task A_row_that_was_put_anew_while_its_forerunner_was_in_hand_is_not_settled_with_it()
    {
        await PutAsync(Push(Juliet, "phone", 1, Now));
        var claimed = Assert.Single(await ClaimAsync(Now));
        await Mailboxes.CommitAsync(new() { Owner = Juliet, Pushes = [new("phone", null)] });
        await PutAsync(Push(Juliet, "phone", 1, Now, PushPlatform.Apns));
        await Outbox.SettleAsync(claimed, null);
        Assert.Equal(PushPlatform.Apns, Assert.Single(await ClaimAsync(Now)).Platform);
    }

    [Fact]
    public async Task A_claim_whose_lease_ended_finds_the_row_as_it_has_become()
    {
        await PutAsync(Push(Juliet, "phone", 1, Now));
        Assert.Single(await ClaimAsync(Now));
        await PutAsync(Push(Juliet, "phone", 2, Now + Grace));
        Assert.Equal(2, Assert.Single(await ClaimAsync(Now + Lease)).Seq);
    }

    [Fact]
    public async Task What_cannot_be_sent_is_set_aside_listed_newest_first_and_sent_again_or_dropped()
    {
        foreach (var device in (string[])["a", "b", "c"])
        {
            await PutAsync(Push(Juliet, device, 1, Now));
            await Outbox.SetAsideAsync(Assert.Single(await ClaimAsync(Now)) with { Attempts = 2, LastCode = "400" }, $"reason {device}");
            Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Empty(await ClaimAsync(Now + Lease));
        Assert.Equal([new PushBacklog(PushPlatform.Fcm, 0, null, 3)], await Outbox.BacklogAsync());
        var aside = await Outbox.ListSetAsideAsync(10);
        Assert.Equal(["c", "b", "a"], aside.Select(row => row.Pending.Device));
        Assert.Equal(("reason c", "400", Now - TimeSpan.FromSeconds(1)), (aside[0].Reason, aside[0].Pending.LastCode, aside[0].At));
        Assert.Equal(["c"], (await Outbox.ListSetAsideAsync(1)).Select(row => row.Pending.Device));
        Assert.True(await Outbox.SendAgainAsync(Juliet, "b"));
        Assert.False(await Outbox.SendAgainAsync(Juliet, "b"));
        var again = Assert.Single(await ClaimAsync(Now));
        // Expiry counts from now: an old push would be given up at once.
        Assert.Equal(("b", 0, Now), (again.Device, again.Attempts, again.Since));
        Assert.True(await Outbox.DropSetAsideAsync(Juliet, "a"));
        Assert.False(await Outbox.DropSetAsideAsync(Juliet, "a"));
        Assert.Equal(["c"], (await Outbox.ListSetAsideAsync(10)).Select(row => row.Pending.Device));
        Assert.Equal([new PushBacklog(PushPlatform.Fcm, 1, Now, 1)], await Outbox.BacklogAsync());
    }

    [Fact]
    public async Task A_device_has_one_row_set_aside_the_newest()
    {
        foreach (var seq in (long[])[1, 2])
        {
            await PutAsync(Push(Juliet, "phone", seq, Now));
            await Outbox.SetAsideAsync(Assert.Single(await ClaimAsync(Now)), $"reason {seq}");
            Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal("reason 2", Assert.Single(await Outbox.ListSetAsideAsync(10)).Reason);
        Assert.Equal([new PushBacklog(PushPlatform.Fcm, 0, null, 1)], await Outbox.BacklogAsync());
    }

    [Fact]
    public async Task Sending_again_does_not_set_back_what_waits()
    {
        await PutAsync(Push(Juliet, "phone", 1, Now));
        await Outbox.SetAsideAsync(Assert.Single(await ClaimAsync(Now)), "400");
        await PutAsync(Push(Juliet, "phone", 5, Now + Lease) with { Attempts = 2 });
        Assert.True(await Outbox.SendAgainAsync(Juliet, "phone"));
        var again = Assert.Single(await ClaimAsync(Now));
        Assert.Equal((5L, 0), (again.Seq, again.Attempts));
    }

    [Fact]
    public async Task A_newer_message_is_not_set_aside_with_its_forerunner()
    {
        await PutAsync(Push(Juliet, "phone", 1, Now));
        var claimed = Assert.Single(await ClaimAsync(Now));
        await PutAsync(Push(Juliet, "phone", 2, Now));
        await Outbox.SetAsideAsync(claimed, "400");
        Assert.Equal(1, Assert.Single(await Outbox.ListSetAsideAsync(10)).Pending.Seq);
        Assert.Equal(2, Assert.Single(await ClaimAsync(Now)).Seq);
    }

    [Fact]
    public async Task Workers_and_writers_at_the_same_time_send_everything_and_nothing_twice_at_once()
    {
        const int devices = 200, rounds = 20;
        var newest = new long[devices];
        var inHand = new int[devices];
        var writing = Task.WhenAll(Enumerable.Range(0, devices).Select(i => Task.Run(async () =>
        {
            for (var seq = 1; seq <= rounds; seq++)
            {
                await PutAsync(Push(Juliet, $"{i}", seq, Now));
            }
        })));
        var working = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!writing.IsCompleted || await WaitingAsync() > 0)
            {
                foreach (var row in await ClaimAsync(Now, 7))
                {
                    var i = int.Parse(row.Device, System.Globalization.CultureInfo.InvariantCulture);
                    Assert.Equal(1, Interlocked.Increment(ref inHand[i]));
                    Assert.InRange(row.Seq, newest[i] + 1, rounds);
                    newest[i] = row.Seq;
                    Interlocked.Decrement(ref inHand[i]);
                    await Outbox.SettleAsync(row, null);
                }
                await Task.Yield();
            }
        })).ToArray();
        await writing.WaitAsync(TimeSpan.FromMinutes(1));
        await Task.WhenAll(working).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.All(newest, seq => Assert.Equal(rounds, seq));
        Assert.Empty(await ClaimAsync(Now + Lease, 1_000));
    }

    /// <summary>Moves the store's time.</summary>
    protected abstract void Advance(TimeSpan time);
}
