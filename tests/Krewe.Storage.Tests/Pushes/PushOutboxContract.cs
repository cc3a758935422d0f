using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using static Krewe.Storage.Tests.Mailboxes.Letters;

namespace Krewe.Storage.Tests.Pushes;

/// <summary>What <see cref="IPushOutbox"/> promises. Every store inherits it.</summary>
public abstract partial class PushOutboxContract
{
    protected static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    protected static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    protected static readonly IReadOnlySet<PushPlatform> Every = Enum.GetValues<PushPlatform>().ToHashSet();

    /// <summary>An empty store, opened.</summary>
    protected abstract IMailboxStore Mailboxes { get; }

    protected abstract IPushOutbox Outbox { get; }

    /// <summary>The time that the store goes by.</summary>
    protected abstract DateTimeOffset Now { get; }

    [Fact]
    public async Task Nothing_waits_where_nothing_was_put()
    {
        Assert.Empty(await ClaimAsync(Now));
        Assert.Null(await Outbox.NextDueAsync(Every));
        Assert.Empty(await Outbox.BacklogAsync());
        Assert.Empty(await Outbox.ListSetAsideAsync(10));
        Assert.False(await Outbox.SendAgainAsync(Juliet, "phone"));
        Assert.False(await Outbox.DropSetAsideAsync(Juliet, "phone"));
    }

    [Fact]
    public async Task A_row_comes_with_the_mailbox_commit_and_is_claimed_when_it_is_due()
    {
        var push = Push(Juliet, "phone", 1, Now + Grace, PushPlatform.Apns) with { Attempts = 3, LastCode = "503 ü" };
        await Mailboxes.CommitAsync(ToJuliet(1) with { Pushes = [new("phone", push)] });
        Assert.Equal(1, (await Mailboxes.OpenAsync(Juliet)).Last);
        Assert.Empty(await ClaimAsync(Now + Grace - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(Now + Grace, await Outbox.NextDueAsync(Every));
        var claimed = Assert.Single(await ClaimAsync(Now + Grace));
        Assert.NotEqual(0, claimed.Claim);
        Assert.Equal(push, claimed with { Claim = 0 });
    }

    [Fact]
    public async Task One_users_rows_are_listed_those_set_aside_with_their_reason()
    {
        var (phone, tablet) = (Push(Juliet, "phone", 1, Now, PushPlatform.Fcm) with { Attempts = 2, LastCode = "503" }, Push(Juliet, "tablet", 1, Now + Grace, PushPlatform.Apns));
        await Mailboxes.CommitAsync(ToJuliet(1) with { Pushes = [new("phone", phone), new("tablet", tablet)] });
        Assert.Equal([(phone, null), (tablet, null)], (await Outbox.ListAsync(Juliet)).Select(row => (row.Pending with { Claim = 0 }, row.Reason)));

        await Outbox.SetAsideAsync(Assert.Single(await ClaimAsync(Now)), "it is refused");

        var rows = await Outbox.ListAsync(Juliet);
        Assert.Equal([("tablet", null), ("phone", "it is refused")], rows.Select(row => (row.Pending.Device, row.Reason)));
        Assert.Empty(await Outbox.ListAsync(Romeo));
    }

    [Fact]
    public async Task A_fenced_commit_leaves_no_push_and_takes_none_away()
    {
        await Mailboxes.CommitAsync(ToJuliet(1) with { Pushes = [new("phone", Push(Juliet, "phone", 1, Now))] });
        await Assert.ThrowsAsync<MailboxFencedException>(() =>
            Mailboxes.CommitAsync(ToJuliet(7) with { Pushes = [new("phone", null), new("tablet", Push(Juliet, "tablet", 7, Now))] }));
        Assert.Equal("phone", Assert.Single(await ClaimAsync(Now)).Device);
    }

    [Fact]
    public async Task The_longest_due_comes_first_whatever_its_platform_and_no_more_than_asked_for()
    {
        foreach (var (i, platform) in ((PushPlatform[])[PushPlatform.Fcm, PushPlatform.Webhook, PushPlatform.Apns, PushPlatform.Fcm, PushPlatform.MiPush]).Index())
        {
            await PutAsync(Push(Juliet, $"d{i}", i + 1, Now - TimeSpan.FromSeconds(10 - i), platform));
        }
        Assert.Equal(["d0", "d1"], (await ClaimAsync(Now, 2)).Devices());
        Assert.Equal(["d3"], (await Outbox.ClaimAsync(new HashSet<PushPlatform> { PushPlatform.Fcm }, Now, 10, Lease)).Devices());
        Assert.Equal(Now - TimeSpan.FromSeconds(8), await Outbox.NextDueAsync(Every));
        Assert.Equal(["d2", "d4"], (await ClaimAsync(Now)).Devices());
        Assert.Empty(await ClaimAsync(Now));
    }

    [Fact]
    public async Task A_claimed_row_is_nobody_elses_until_its_lease_is_over()
    {
        await PutAsync(Push(Juliet, "phone", 1, Now));
        var first = Assert.Single(await ClaimAsync(Now));
        Assert.Empty(await ClaimAsync(Now + Lease - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(Now + Lease, await Outbox.NextDueAsync(Every));
        var second = Assert.Single(await ClaimAsync(Now + Lease));
        Assert.NotEqual(first.Claim, second.Claim);
        // The first worker wakes up: the row is not its own any more.
        await Outbox.SettleAsync(first, null);
        Assert.Equal(1, await WaitingAsync());
        await Outbox.SettleAsync(second, null);
        Assert.Equal(0, await WaitingAsync());
        Assert.Empty(await ClaimAsync(Now + Lease + Lease));
    }

    [Fact]
    public async Task A_late_worker_may_settle_what_nobody_has_claimed_since()
    {
        await PutAsync(Push(Juliet, "phone", 1, Now));
        var claimed = Assert.Single(await ClaimAsync(Now));
        await Outbox.SettleAsync(claimed, null);
        Assert.Empty(await ClaimAsync(Now + Lease));
    }

    [Fact]
    public async Task A_settled_row_becomes_what_the_worker_says()
    {
        await PutAsync(Push(Juliet, "phone", 1, Now));
        var claimed = Assert.Single(await ClaimAsync(Now));
        await Outbox.SettleAsync(claimed, claimed with { Due = Now + Grace, Attempts = 1, LastCode = "UNAVAILABLE" });
        Assert.Empty(await ClaimAsync(Now));
        var again = Assert.Single(await ClaimAsync(Now + Grace));
        Assert.Equal((1, "UNAVAILABLE", Now), (again.Attempts, again.LastCode, again.Since));
    }

    [Fact]
    public async Task A_newer_message_joins_the_row_that_waits()
    {
        await PutAsync(Push(Juliet, "phone", 1, Now + Grace));
        await PutAsync(Push(Juliet, "phone", 2, Now + (Grace * 2)) with { Since = Now + Grace });
        var claimed = Assert.Single(await ClaimAsync(Now + Grace));
        Assert.Equal((2, Now + Grace, Now), (claimed.Seq, claimed.Due, claimed.Since));
        Assert.Equal(1, await WaitingAsync());
    }

    [Fact]
    public async Task An_urgent_message_does_not_wait_for_the_morning_but_a_back_off_holds()
    {
        await PutAsync(Push(Juliet, "asleep", 1, Now + TimeSpan.FromHours(8)));
        await PutAsync(Push(Juliet, "throttled", 1, Now + TimeSpan.FromHours(8)) with { Attempts = 1 });
        await PutAsync(Push(Juliet, "asleep", 2, Now));
        await PutAsync(Push(Juliet, "throttled", 2, Now));
        var asleep = Assert.Single(await ClaimAsync(Now));
        Assert.Equal("asleep", asleep.Device);
        await Outbox.SettleAsync(asleep, null);
        var throttled = Assert.Single(await ClaimAsync(Now + TimeSpan.FromHours(8)));
        Assert.Equal((2L, 1), (throttled.Seq, throttled.Attempts));
    }

    [Fact]
    public async Task A_clear_takes_the_place_of_a_message_and_the_other_way_round()
    {
        await PutAsync(Push(Juliet, "phone", 3, Now + Grace));
        await PutAsync(Push(Juliet, "phone", 3, Now) with { Kind = PushKind.Clear, Since = Now + Grace });
        var clear = Assert.Single(await ClaimAsync(Now));
        Assert.Equal((PushKind.Clear, 3, Now + Grace), (clear.Kind, clear.Seq, clear.Since));
        await Outbox.SettleAsync(clear, clear with { Due = Now + Grace, Attempts = 2 });
        await PutAsync(Push(Juliet, "phone", 4, Now));
        Assert.Empty(await ClaimAsync(Now));
        var message = Assert.Single(await ClaimAsync(Now + Grace));
        // The back-off is the device's.
        Assert.Equal((PushKind.Message, 4, 2), (message.Kind, message.Seq, message.Attempts));
    }

    [Fact]
    public async Task A_row_is_taken_away_with_a_commit()
    {
        await PutAsync(Push(Juliet, "phone", 1, Now));
        await PutAsync(Push(Juliet, "tablet", 1, Now));
        await Mailboxes.CommitAsync(new MailboxCommit { Owner = Juliet, Pushes = [new("phone", null), new("never seen", null)] });
        Assert.Equal(["tablet"], (await ClaimAsync(Now)).Devices());
        Assert.Equal(1, await WaitingAsync());
    }

    [Fact]
    public async Task A_device_that_changed_its_push_service_waits_for_the_new_one()
    {
        await PutAsync(Push(Juliet, "phone", 1, Now));
        await PutAsync(Push(Juliet, "phone", 2, Now, PushPlatform.Webhook));
        Assert.Empty(await Outbox.ClaimAsync(new HashSet<PushPlatform> { PushPlatform.Fcm }, Now, 10, Lease));
        Assert.Single(await Outbox.ClaimAsync(new HashSet<PushPlatform> { PushPlatform.Webhook }, Now, 10, Lease));
        Assert.Equal([PushPlatform.Webhook], (await Outbox.BacklogAsync()).Select(part => part.Platform));
    }

    [Fact]
    public async Task Names_with_anything_in_them_do_not_run_into_each_other()
    {
        var owners = ((string[])["jul@x.example", "juliet@x.example", "juliet@x.example.org", "juliet@x"]).Select(Jid.FromCanonical).ToArray();
        string[] devices = ["", "a", "a\0b", "ü 💜", "a\u0001"];
        foreach (var owner in owners)
        {
            await Mailboxes.CommitAsync(new MailboxCommit { Owner = owner, Pushes = [.. devices.Select(device => new PushWrite(device, Push(owner, device, 1, Now)))] });
        }
        var claimed = await ClaimAsync(Now, 100);
        Assert.Equal(owners.SelectMany(owner => devices.Select(device => (owner.Text, device))).Order(), claimed.Select(row => (row.Owner.Text, row.Device)).Order());
        await Mailboxes.DeleteAsync(owners[3]);
        Assert.Equal(15, await WaitingAsync());
        foreach (var row in claimed)
        {
            await Outbox.SettleAsync(row, row.Device.Length == 0 ? row : null);
        }
        Assert.Equal(owners[..3].Select(owner => owner.Text).Order(), (await ClaimAsync(Now, 100)).Select(row => row.Owner.Text).Order());
    }

    [Fact]
    public async Task The_backlog_counts_what_waits_and_knows_the_oldest()
    {
        await PutAsync(Push(Juliet, "phone", 1, Now + Grace) with { Since = Now - Grace });
        await PutAsync(Push(Juliet, "tablet", 1, Now) with { Since = Now });
        await PutAsync(Push(Juliet, "watch", 1, Now, PushPlatform.Apns) with { Since = Now });
        Assert.Equal([new(PushPlatform.Fcm, 2, Now - Grace, 0), new PushBacklog(PushPlatform.Apns, 1, Now, 0)], await Outbox.BacklogAsync());
        foreach (var row in await ClaimAsync(Now + Grace))
        {
            await Outbox.SettleAsync(row, row.Device == "tablet" ? row : null);
        }
        Assert.Equal([new PushBacklog(PushPlatform.Fcm, 1, Now, 0)], await Outbox.BacklogAsync());
        await PutAsync(Push(Juliet, "old", 1, Now) with { Since = Now - Lease });
        Assert.Equal([new PushBacklog(PushPlatform.Fcm, 2, Now - Lease, 0)], await Outbox.BacklogAsync());
    }

    [Fact]
    public async Task Whoever_sleeps_is_woken_by_a_commit_with_a_push()
    {
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Outbox.Changed += woken.SetResult;
        await Mailboxes.CommitAsync(ToJuliet(1));
        Assert.False(woken.Task.IsCompleted);
        await PutAsync(Push(Juliet, "phone", 2, Now));
        await woken.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Trimming_a_mailbox_leaves_its_pushes_and_deleting_it_takes_them()
    {
        await Mailboxes.CommitAsync(ToJuliet(1, 3) with { Pushes = [new("phone", Push(Juliet, "phone", 3, Now)), new("tablet", Push(Juliet, "tablet", 3, Now))] });
        await Mailboxes.CommitAsync(Commit(Romeo, From(Juliet, Romeo, 1)) with { Pushes = [new("phone", Push(Romeo, "phone", 1, Now))] });
        await Mailboxes.TrimAsync(Juliet, 3);
        Assert.Equal(3, await WaitingAsync());
        var claimed = await ClaimAsync(Now);
        await Outbox.SetAsideAsync(claimed.Single(row => row.Device == "tablet"), "PAYLOAD");
        await Mailboxes.DeleteAsync(Juliet);
        foreach (var row in claimed.Where(row => row.Owner == Juliet))
        {
            await Outbox.SettleAsync(row, row);
        }
        Assert.Empty(await Outbox.ListSetAsideAsync(10));
        Assert.Equal([new PushBacklog(PushPlatform.Fcm, 1, Now, 0)], await Outbox.BacklogAsync());
        Assert.Equal([Romeo], (await ClaimAsync(Now + Lease)).Select(row => row.Owner));
    }

    protected Task<ImmutableArray<PendingPush>> ClaimAsync(DateTimeOffset now, int limit = 10) => Outbox.ClaimAsync(Every, now, limit, Lease).AsTask();

    protected async Task<long> WaitingAsync() => (await Outbox.BacklogAsync()).Sum(part => part.Waiting);

    /// <summary>Puts a row by a commit that has nothing else.</summary>
    protected Task PutAsync(PendingPush push) => Mailboxes.CommitAsync(new MailboxCommit { Owner = push.Owner, Pushes = [new(push.Device, push)] });

    protected PendingPush Push(Jid owner, string device, long seq, DateTimeOffset due, PushPlatform platform = PushPlatform.Fcm) => new()
    {
        Owner = owner, Device = device, Kind = PushKind.Message, Seq = seq, Due = due, Since = Now, Platform = platform,
    };
}

internal static class PushRows
{
    public static IEnumerable<string> Devices(this ImmutableArray<PendingPush> rows) => rows.Select(row => row.Device);
}
