using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using static Krewe.Storage.Tests.Mailboxes.Letters;

namespace Krewe.Storage.Tests.Mailboxes;

/// <summary>What <see cref="IMailboxStore"/> promises. Every store inherits it.</summary>
public abstract class MailboxStoreContract
{
    private const int Plenty = 1 << 30;

    /// <summary>An empty store, opened.</summary>
    protected abstract IMailboxStore Store { get; }

    [Fact]
    public async Task A_mailbox_that_nobody_wrote_to_is_empty()
    {
        Assert.Equal(new MailboxHead(1, 0, null), await Store.OpenAsync(Juliet));
        var slice = await Store.ReadAsync(Juliet, 0, 100, Plenty);
        Assert.Empty(slice.Items);
        Assert.Equal(1, slice.First);
        Assert.Null(await Store.FindAsync(Juliet, Romeo, "m1"));
        Assert.Empty(await Store.ReadPeerAsync(Juliet, Romeo, long.MaxValue, 10));
    }

    [Fact]
    public async Task What_was_committed_is_read_with_every_field()
    {
        var full = new MailboxItem
        {
            Seq = 1, Kind = ItemKind.Message, Id = "id ü", From = Romeo, To = Juliet, Device = "phone", SentAt = Night, Body = "Liebe 💜\n", Thread = "t",
            Data = """{"n":1.50}""", Replaces = "m0", Extensions = [1, 0, 255],
        };
        var receipt = new MailboxItem { Seq = 2, Kind = ItemKind.Read, Id = "r", From = Romeo, To = Juliet, SentAt = Night, Ids = ["a", "b"] };
        await Store.CommitAsync(Commit(Juliet, full, receipt));
        var slice = await Store.ReadAsync(Juliet, 0, 10, Plenty);
        Same.Items([full, receipt], slice.Items);
        Same.Item(full, await Store.FindAsync(Juliet, Romeo, "id ü"));
        Assert.Equal(new MailboxHead(1, 2, null), await Store.OpenAsync(Juliet));
    }

    [Fact]
    public async Task Reading_starts_after_the_cursor_and_stops_at_the_limit()
    {
        await Store.CommitAsync(ToJuliet(1, 20));
        Assert.Equal(Range(6, 5), (await Store.ReadAsync(Juliet, 5, 5, Plenty)).Seqs());
        Assert.Equal(Range(20, 1), (await Store.ReadAsync(Juliet, 19, 5, Plenty)).Seqs());
        Assert.Empty((await Store.ReadAsync(Juliet, 20, 5, Plenty)).Items);
        Assert.Empty((await Store.ReadAsync(Juliet, 2000, 5, Plenty)).Items);
    }

    [Fact]
    public async Task Reading_is_bounded_in_bytes_but_gives_at_least_one_item()
    {
        await Store.CommitAsync(ToJuliet(1, 10, new string('x', 1000)));
        Assert.Equal([1], (await Store.ReadAsync(Juliet, 0, 10, 1)).Seqs());
        Assert.InRange((await Store.ReadAsync(Juliet, 0, 10, 5000)).Items.Length, 3, 6);
    }

    [Fact]
    public async Task The_first_item_must_follow_the_last_one_on_disk()
    {
        await Store.CommitAsync(ToJuliet(1, 3));
        foreach (var wrong in (long[])[1, 3, 5])
        {
            await Assert.ThrowsAsync<MailboxFencedException>(() => Store.CommitAsync(ToJuliet(wrong)));
        }
        await Assert.ThrowsAsync<MailboxFencedException>(() => Store.CommitAsync(Commit(Juliet, From(Romeo, Juliet, 4), From(Romeo, Juliet, 6))));
        Assert.Equal(3, (await Store.OpenAsync(Juliet)).Last);
        await Store.CommitAsync(ToJuliet(4));
        Assert.Equal(Range(1, 4), (await Store.ReadAsync(Juliet, 0, 10, Plenty)).Seqs());
    }

    [Fact]
    public async Task A_states_revision_must_follow_the_last_one_on_disk()
    {
        await Store.CommitAsync(new MailboxCommit { Owner = Juliet, State = [1], Revision = 1 });
        await Store.CommitAsync(ToJuliet(1) with { State = [2], Revision = 2 });
        await Store.CommitAsync(ToJuliet(2));
        await Store.TrimAsync(Juliet, 1);
        foreach (var wrong in (long[])[1, 2, 4])
        {
            await Assert.ThrowsAsync<MailboxFencedException>(() => Store.CommitAsync(new MailboxCommit { Owner = Juliet, State = [9], Revision = wrong }));
            await Assert.ThrowsAsync<MailboxFencedException>(() => Store.CommitAsync(ToJuliet(3) with { State = [9], Revision = wrong }));
        }
        var head = await Store.OpenAsync(Juliet);
        Assert.Equal((2, 2, 2), (head.First, head.Last, head.Revision));
        Assert.Equal([2], head.State!);
        await Store.CommitAsync(new MailboxCommit { Owner = Juliet, State = [3], Revision = 3 });
        Assert.Equal(3, (await Store.OpenAsync(Juliet)).Revision);
    }

    [Fact]
    public async Task A_fenced_commit_leaves_nothing_not_even_its_state()
    {
        await Store.CommitAsync(ToJuliet(1) with { State = [1] });
        await Assert.ThrowsAsync<MailboxFencedException>(() =>
            Store.CommitAsync(Commit(Juliet, From(Romeo, Juliet, 1, "other")) with { State = [2] }));
        var head = await Store.OpenAsync(Juliet);
        Assert.Equal([1], head.State!);
        Assert.Null(await Store.FindAsync(Juliet, Romeo, "other"));
    }

    [Fact]
    public async Task A_fenced_commit_does_not_fail_its_neighbours()
    {
        await Store.CommitAsync(ToJuliet(1));
        var waiting = Range(1, 200).Select(seq => Store.CommitAsync(Commit(Romeo, From(Romeo, Nurse, seq)))).ToList();
        var fenced = Enumerable.Range(0, 50).Select(_ => Store.CommitAsync(ToJuliet(7))).ToList();
        var after = Range(201, 200).Select(seq => Store.CommitAsync(Commit(Romeo, From(Romeo, Nurse, seq)))).ToList();
        await Task.WhenAll([.. waiting, .. after]);
        foreach (var task in fenced)
        {
            await Assert.ThrowsAsync<MailboxFencedException>(() => task);
        }
        Assert.Equal(400, (await Store.OpenAsync(Romeo)).Last);
    }

    [Fact]
    public async Task Commits_of_one_owner_complete_in_the_order_of_the_calls()
    {
        const int count = 500;
        var tasks = new List<Task>();
        foreach (var seq in Range(1, count))
        {
            tasks.Add(Store.CommitAsync(ToJuliet(seq)));
        }
        for (var i = 0; i < count; i++)
        {
            await tasks[i];
            // Whoever comes after a completed one may still wait; whoever came before may not.
            Assert.All(tasks.Take(i), task => Assert.True(task.IsCompletedSuccessfully));
        }
        Assert.Equal(Range(1, count), (await Store.ReadAsync(Juliet, 0, count, Plenty)).Seqs());
    }

    [Fact]
    public async Task The_state_is_replaced_and_may_come_without_items()
    {
        await Store.CommitAsync(new MailboxCommit { Owner = Juliet, State = [1, 2] });
        Assert.Equal([1, 2], (await Store.OpenAsync(Juliet)).State!.AsEnumerable());
        await Store.CommitAsync(ToJuliet(1));
        Assert.Equal([1, 2], (await Store.OpenAsync(Juliet)).State!.AsEnumerable());
        await Store.CommitAsync(new MailboxCommit { Owner = Juliet, State = [] });
        Assert.Equal([], (await Store.OpenAsync(Juliet)).State!.AsEnumerable());
        Assert.Equal(1, (await Store.OpenAsync(Juliet)).Last);
    }

    [Fact]
    public async Task History_with_a_peer_is_both_directions_newest_first_and_messages_only()
    {
        await Store.CommitAsync(Commit(Juliet,
            From(Romeo, Juliet, 1), From(Juliet, Romeo, 2), From(Nurse, Juliet, 3),
            new MailboxItem { Seq = 4, Kind = ItemKind.Delivered, Id = "r4", From = Romeo, To = Juliet, SentAt = Night, Ids = ["m2"] },
            From(Romeo, Juliet, 5), From(Juliet, Juliet, 6)));
        Assert.Equal([5, 2, 1], (await Store.ReadPeerAsync(Juliet, Romeo, long.MaxValue, 10)).Seqs());
        Assert.Equal([5, 2], (await Store.ReadPeerAsync(Juliet, Romeo, long.MaxValue, 2)).Seqs());
        Assert.Equal([2, 1], (await Store.ReadPeerAsync(Juliet, Romeo, 5, 10)).Seqs());
        Assert.Empty(await Store.ReadPeerAsync(Juliet, Romeo, 1, 10));
        Assert.Equal([6], (await Store.ReadPeerAsync(Juliet, Juliet, long.MaxValue, 10)).Seqs());
    }

    [Fact]
    public async Task An_item_is_found_by_sender_and_id()
    {
        await Store.CommitAsync(Commit(Juliet, From(Romeo, Juliet, 1, "x"), From(Nurse, Juliet, 2, "x"), From(Romeo, Juliet, 3, "X")));
        Assert.Equal(1, (await Store.FindAsync(Juliet, Romeo, "x"))!.Seq);
        Assert.Equal(2, (await Store.FindAsync(Juliet, Nurse, "x"))!.Seq);
        Assert.Equal(3, (await Store.FindAsync(Juliet, Romeo, "X"))!.Seq);
        Assert.Null(await Store.FindAsync(Juliet, Juliet, "x"));
        Assert.Null(await Store.FindAsync(Romeo, Romeo, "x"));
    }

    [Fact]
    public async Task Trimming_deletes_the_oldest_items_and_what_indexes_them()
    {
        await Store.CommitAsync(ToJuliet(1, 10));
        await Store.TrimAsync(Juliet, 4);
        Assert.Equal(new MailboxHead(5, 10, null), await Store.OpenAsync(Juliet));
        var slice = await Store.ReadAsync(Juliet, 0, 3, Plenty);
        Assert.Equal(5, slice.First);
        Assert.Equal([5, 6, 7], slice.Seqs());
        Assert.Null(await Store.FindAsync(Juliet, Romeo, "m4"));
        Assert.Equal(5, (await Store.FindAsync(Juliet, Romeo, "m5"))!.Seq);
        Assert.Equal([6, 5], (await Store.ReadPeerAsync(Juliet, Romeo, 7, 10)).Seqs());
        await Store.TrimAsync(Juliet, 2);
        Assert.Equal(5, (await Store.OpenAsync(Juliet)).First);
    }

    [Fact]
    public async Task A_mailbox_that_was_trimmed_to_nothing_goes_on_with_its_numbers()
    {
        await Store.CommitAsync(ToJuliet(1, 3) with { State = [7] });
        await Store.TrimAsync(Juliet, 99);
        var head = await Store.OpenAsync(Juliet);
        Assert.Equal((4, 3), (head.First, head.Last));
        Assert.Equal([7], head.State!);
        Assert.Empty((await Store.ReadAsync(Juliet, 0, 10, Plenty)).Items);
        await Assert.ThrowsAsync<MailboxFencedException>(() => Store.CommitAsync(ToJuliet(1)));
        await Store.CommitAsync(ToJuliet(4));
        Assert.Equal([4], (await Store.ReadAsync(Juliet, 0, 10, Plenty)).Seqs());
    }

    [Fact]
    public async Task A_long_trim_deletes_all_of_it()
    {
        await Store.CommitAsync(ToJuliet(1, 3_000));
        await Store.TrimAsync(Juliet, 2_999);
        Assert.Equal(3_000, (await Store.OpenAsync(Juliet)).First);
        Assert.Equal([3_000], (await Store.ReadPeerAsync(Juliet, Romeo, long.MaxValue, 10)).Seqs());
    }

    [Fact]
    public async Task Deleting_a_mailbox_leaves_nothing_of_it_and_touches_no_other()
    {
        // Names that begin with each other's.
        var owners = ((string[])["jul@x.example", "juliet@x.example", "juliet@x.example.org", "juliet@x"]).Select(Jid.FromCanonical).ToArray();
        foreach (var owner in owners)
        {
            await Store.CommitAsync(Commit(owner, From(Romeo, owner, 1)) with { State = [1] });
        }
        await Store.DeleteAsync(owners[3]);
        Assert.Equal(new MailboxHead(1, 0, null), await Store.OpenAsync(owners[3]));
        Assert.Null(await Store.FindAsync(owners[3], Romeo, "m1"));
        Assert.Empty(await Store.ReadPeerAsync(owners[3], Romeo, long.MaxValue, 10));
        foreach (var owner in owners[..3])
        {
            Assert.Equal(1, (await Store.OpenAsync(owner)).Last);
            Assert.Equal([1], (await Store.ReadAsync(owner, 0, 10, Plenty)).Seqs());
            Assert.Equal([1], (await Store.ReadPeerAsync(owner, Romeo, long.MaxValue, 10)).Seqs());
            Assert.NotNull(await Store.FindAsync(owner, Romeo, "m1"));
        }
        await Store.CommitAsync(Commit(owners[3], From(Romeo, owners[3], 1)));
    }

    [Fact]
    public async Task Owners_that_write_at_the_same_time_do_not_disturb_each_other()
    {
        var owners = Enumerable.Range(0, 20).Select(i => Jid.FromCanonical($"user{i}@capulet.example")).ToArray();
        await Task.WhenAll(owners.Select(owner => Task.Run(async () =>
        {
            foreach (var seq in Range(1, 100))
            {
                await Store.CommitAsync(Commit(owner, From(Romeo, owner, seq)));
                Assert.Equal([seq], (await Store.ReadAsync(owner, seq - 1, 10, Plenty)).Seqs());
            }
        })));
        foreach (var owner in owners)
        {
            Assert.Equal(Range(1, 100), (await Store.ReadAsync(owner, 0, 1000, Plenty)).Seqs());
        }
    }

    [Fact]
    public async Task Readers_see_no_gap_while_the_mailbox_is_written_and_trimmed()
    {
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var slice = await Store.ReadAsync(Juliet, 0, 50, Plenty);
                var seqs = slice.Items.Where(item => item.Seq >= slice.First).Select(item => item.Seq).ToArray();
                if (seqs.Length > 0)
                {
                    Assert.Equal(Range(seqs[0], seqs.Length), seqs);
                }
                Assert.All(slice.Items, item => Assert.Equal(ItemKind.Message, item.Kind));
            }
        });
        foreach (var seq in Range(1, 300))
        {
            await Store.CommitAsync(ToJuliet(seq));
            if (seq % 10 == 0)
            {
                await Store.TrimAsync(Juliet, seq - 5);
            }
        }
        await stop.CancelAsync();
        await reading;
    }
}
