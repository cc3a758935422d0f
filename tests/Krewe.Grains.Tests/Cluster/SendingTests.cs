using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Gateways;
using Krewe.Core.Mailboxes;
using Krewe.Core.Users;
using static Krewe.Grains.Tests.People;

namespace Krewe.Grains.Tests.Cluster;

public sealed class SendingTests
{
    [Fact]
    public async Task A_message_is_answered_when_it_is_durable_in_both_mailboxes()
    {
        await using var cluster = await UserCluster.StartAsync();
        await cluster.CreateAsync(Romeo, Juliet);
        var (hers, his) = (new TaskCompletionSource(), new TaskCompletionSource());
        var (hersBegun, hisBegun) = (new TaskCompletionSource(), new TaskCompletionSource());
        cluster.Store.Before = commit =>
        {
            (commit.Owner == Juliet ? hersBegun : hisBegun).TrySetResult();
            return commit.Owner == Juliet ? hers.Task : his.Task;
        };

        var send = cluster.SendAsync(Romeo, Draft(Juliet, "1"));
        await hersBegun.Task.InTimeAsync("Juliet's copy is written");
        Assert.False(hisBegun.Task.IsCompleted || send.IsCompleted);
        hers.SetResult();
        await hisBegun.Task.InTimeAsync("Romeo's copy is written");
        Assert.False(send.IsCompleted);
        his.SetResult();

        Assert.Equal(1, (await send.InTimeAsync("the answer")).Value!.Seq);
        Assert.Equal(await cluster.ReadAllAsync(Romeo), await cluster.ReadAllAsync(Juliet));
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task Concurrent_repetitions_and_later_ones_get_the_first_answer(int silos)
    {
        await using var cluster = await UserCluster.StartAsync(silos);
        await cluster.CreateAsync(Romeo, Juliet);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => cluster.SendAsync(Romeo, Draft(Juliet, "1"))));
        var first = Assert.Single(answers, answer => !answer.Value!.Repeated).Value!;
        Assert.All(answers, answer => Assert.Equal((first.Seq, first.SentAt), (answer.Value!.Seq, answer.Value.SentAt)));

        await cluster.DeactivateAsync(Romeo);
        await cluster.DeactivateAsync(Juliet);
        Assert.Equal(first with { Repeated = true }, (await cluster.SendAsync(Romeo, Draft(Juliet, "1"))).Value);
        Assert.Equal(FaultCode.IdConflict, (await cluster.SendAsync(Romeo, Draft(Juliet, "1", "other"))).Fault!.Code);
        Assert.Single(await cluster.ReadAllAsync(Juliet));
    }

    [Fact]
    public async Task A_silo_that_dies_between_the_two_copies_leaves_one_message_after_the_retry()
    {
        await using var cluster = await UserCluster.StartAsync(silos: 3);
        await cluster.CreateAsync(Romeo, Juliet);
        await cluster.SendAsync(Romeo, Draft(Juliet, "before"));
        var (begun, dead) = (new TaskCompletionSource(), new TaskCompletionSource());
        cluster.Store.Before = async commit =>
        {
            if (commit.Owner != Romeo || dead.Task.IsCompleted) return;
            begun.TrySetResult();
            await dead.Task;
        };
        // Its answer is lost with the silo.
        _ = cluster.SendAsync(Romeo, Draft(Juliet, "1"));
        await begun.Task.InTimeAsync("Romeo's copy is written");
        var hers = (await cluster.ReadAllAsync(Juliet))[^1];

        await cluster.Silos.KillSiloAsync(await cluster.SiloOfAsync(Romeo));
        dead.SetResult();
        var sent = await cluster.SendUntilAnsweredAsync(Romeo, Draft(Juliet, "1"));

        Assert.Equal(hers.SentAt, sent.SentAt);
        Assert.Equal(["before", "1"], (await cluster.ReadAllAsync(Juliet)).Select(item => item.Id));
        Assert.Equal(["before", "1"], (await cluster.ReadAllAsync(Romeo)).Select(item => item.Id));
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task Fifty_concurrent_senders_make_no_gap_and_no_double(int silos)
    {
        await using var cluster = await UserCluster.StartAsync(silos);
        var senders = Enumerable.Range(1, 50).Select(i => Named($"sender-{i}")).ToList();
        await cluster.CreateAsync(senders.Append(Juliet));

        await Task.WhenAll(senders.Select(async sender =>
        {
            var sends = Enumerable.Range(1, 20).Select(i => cluster.SendAsync(sender, Draft(Juliet, $"{sender.Local}-{i}"))).ToList();
            foreach (var outcome in await Task.WhenAll(sends)) Assert.Null(outcome.Fault);
        })).InTimeAsync("all messages are answered");

        var items = await cluster.ReadAllAsync(Juliet);
        Assert.Equal(Enumerable.Range(1, 1_000).Select(seq => (long)seq), items.Select(item => item.Seq));
        Assert.Equal(1_000, items.Select(item => item.Id).Distinct().Count());
        foreach (var sender in senders)
        {
            var own = await cluster.ReadAllAsync(sender);
            Assert.Equal(Enumerable.Range(1, 20).Select(seq => (long)seq), own.Select(item => item.Seq));
        }
    }

    [Fact]
    public async Task Between_two_people_the_order_is_the_senders_in_both_mailboxes()
    {
        await using var cluster = await UserCluster.StartAsync(silos: 3);
        await cluster.CreateAsync(Romeo, Juliet, Nurse);
        // As a gateway does: one call in flight, what waits goes together into the next.
        var random = new Random(1);
        for (var next = 1; next <= 300;)
        {
            var batch = Enumerable.Range(next, random.Next(1, 20)).Select(i => Draft(i % 3 == 0 ? Nurse : Juliet, $"{i}")).ToArray();
            next += batch.Length;
            foreach (var outcome in await cluster.Grain<IMailboxGrain>(Romeo).SendAsync("phone", [.. batch])) Assert.Null(outcome.Fault);
        }
        foreach (var peer in (Jid[])[Juliet, Nurse])
        {
            var hers = (await cluster.ReadAllAsync(peer)).Select(item => int.Parse(item.Id, null)).ToList();
            var his = (await cluster.ReadAllAsync(Romeo)).Where(item => item.To == peer).Select(item => int.Parse(item.Id, null));
            Assert.Equal(hers.Order(), hers);
            Assert.Equal(hers, his);
        }
    }

    [Fact]
    public async Task A_recipients_activation_that_was_overtaken_leaves_and_the_message_arrives()
    {
        await using var cluster = await UserCluster.StartAsync();
        await cluster.CreateAsync(Romeo, Juliet);
        await cluster.SendAsync(Romeo, Draft(Juliet, "1"));
        await cluster.OpenSessionAsync(Juliet);
        // Another activation of Juliet's grain, of which this cluster knows nothing.
        await cluster.Store.CommitAsync(new MailboxCommit { Owner = Juliet, Items = [Letter(Nurse, Juliet, "2") with { Seq = 2 }] });

        Assert.Equal(2, (await cluster.SendAsync(Romeo, Draft(Juliet, "3"))).Value!.Seq);

        Assert.Equal(["1", "2", "3"], (await cluster.ReadAllAsync(Juliet)).Select(item => item.Id));
        await cluster.Gateways.UntilAsync<RegisterAgainEvent>(again => again.Owner == Juliet, "Juliet's sessions are told to register again");
    }

    [Fact]
    public async Task A_senders_activation_that_was_overtaken_leaves_and_the_retry_is_one_message()
    {
        await using var cluster = await UserCluster.StartAsync();
        await cluster.CreateAsync(Romeo, Juliet);
        await cluster.SendAsync(Romeo, Draft(Juliet, "1"));
        await cluster.Store.CommitAsync(new MailboxCommit { Owner = Romeo, Items = [Letter(Nurse, Romeo, "2") with { Seq = 2 }] });

        var refused = (await cluster.SendAsync(Romeo, Draft(Juliet, "3"))).Fault!;
        Assert.Equal(FaultCode.Unavailable, refused.Code);
        Assert.NotNull(refused.RetryAfter);
        Assert.Equal(3, (await cluster.SendUntilAnsweredAsync(Romeo, Draft(Juliet, "3"))).Seq);
        Assert.Equal(["1", "3"], (await cluster.ReadAllAsync(Juliet)).Select(item => item.Id));
    }

    [Fact]
    public async Task Unknown_deleted_and_blocking_users_cannot_be_told_apart()
    {
        await using var cluster = await UserCluster.StartAsync();
        var gone = Named("gone");
        await cluster.CreateAsync(Romeo, Juliet, gone);
        await cluster.Grain<IRosterGrain>(Juliet).BlockAsync(Romeo);
        await cluster.Grain<IAccountGrain>(gone).DeleteAsync();

        var faults = new List<Fault>();
        foreach (var to in (Jid[])[Juliet, gone, Named("nobody"), Jid.FromCanonical("juliet@elsewhere")])
            faults.Add((await cluster.SendAsync(Romeo, Draft(to, "1"))).Fault!);

        Assert.Equal((FaultCode.NotFound, "to"), (faults[0].Code, faults[0].Member));
        Assert.All(faults, fault => Assert.Equal(faults[0], fault));
        Assert.Empty(await cluster.ReadAllAsync(Juliet));
        Assert.Empty(await cluster.ReadAllAsync(Romeo));
        Assert.Null((await cluster.SendAsync(Juliet, Draft(Romeo, "1"))).Fault);
    }

    [Fact]
    public async Task Beyond_the_rate_a_sender_is_refused_and_others_are_not()
    {
        await using var cluster = await UserCluster.StartAsync(limits: limits => (limits.SendBurst, limits.SendRate) = (5, 0.01));
        await cluster.CreateAsync(Romeo, Juliet);
        for (var i = 0; i < 5; i++) Assert.Null((await cluster.SendAsync(Romeo, Draft(Juliet, $"{i}"))).Fault);
        Assert.Equal(FaultCode.RateLimited, (await cluster.SendAsync(Romeo, Draft(Juliet, "5"))).Fault!.Code);
        Assert.True((await cluster.SendAsync(Romeo, Draft(Juliet, "4"))).Value!.Repeated);
        Assert.Null((await cluster.SendAsync(Juliet, Draft(Romeo, "1"))).Fault);
    }

    [Fact]
    public async Task While_the_store_is_away_nothing_is_acknowledged_and_then_all_goes_on()
    {
        await using var cluster = await UserCluster.StartAsync();
        await cluster.CreateAsync(Romeo, Juliet);
        await cluster.SendAsync(Romeo, Draft(Juliet, "1"));
        cluster.Store.Away = true;

        var fault = (await cluster.SendAsync(Romeo, Draft(Juliet, "2"))).Fault!;
        Assert.Equal(FaultCode.Unavailable, fault.Code);
        Assert.NotNull(fault.RetryAfter);
        Assert.Equal(FaultCode.Unavailable, (await cluster.Grain<IMailboxGrain>(Juliet).AckAsync("phone", 1, false)).Fault!.Code);

        cluster.Store.Away = false;
        Assert.False((await cluster.SendAsync(Romeo, Draft(Juliet, "2"))).Value!.Repeated);
        Assert.Equal(["1", "2"], (await cluster.ReadAllAsync(Juliet)).Select(item => item.Id));
        Assert.Equal(["1", "2"], (await cluster.ReadAllAsync(Romeo)).Select(item => item.Id));
    }

    [Fact]
    public async Task Sessions_are_told_of_every_item_once_and_in_order()
    {
        await using var cluster = await UserCluster.StartAsync();
        await cluster.CreateAsync(Romeo, Juliet);
        await cluster.SendAsync(Romeo, Draft(Juliet, "before"));
        Assert.Equal(1, (await cluster.OpenSessionAsync(Juliet, "s1")).Last);
        await cluster.OpenSessionAsync(Juliet, "s2");
        await Task.WhenAll(Enumerable.Range(1, 200).Select(i => cluster.SendAsync(Romeo, Draft(Juliet, $"{i}"))));
        await cluster.Gateways.UntilAsync<ItemEvent>(item => item.Owner == Juliet && item.Item.Seq == 201, "the last item is published");

        Assert.Equal(Enumerable.Range(2, 200).Select(seq => (long)seq), cluster.Gateways.All<ItemEvent>().Where(item => item.Owner == Juliet).Select(item => item.Item.Seq));
    }

    [Fact]
    public async Task Silos_that_are_killed_under_load_lose_and_double_nothing()
    {
        await using var cluster = await UserCluster.StartAsync(silos: 3);
        var people = Enumerable.Range(1, 12).Select(i => Named($"person-{i}")).ToList();
        await cluster.CreateAsync(people);
        var answered = 0;
        var enough = new TaskCompletionSource();
        var load = people.Select(async (sender, n) =>
        {
            for (var i = 0; i < 60; i++)
            {
                await cluster.SendUntilAnsweredAsync(sender, Draft(people[(n + 1 + i % 3) % people.Count], $"{n}-{i}"));
                if (Interlocked.Increment(ref answered) == 150) enough.SetResult();
            }
        }).ToList();
        await enough.Task.InTimeAsync("150 messages are answered");
        await cluster.Silos.KillSiloAsync(cluster.Silos.Silos[^1]);
        await Task.WhenAll(load);

        for (var n = 0; n < people.Count; n++)
        {
            var items = await cluster.ReadAllAsync(people[n]);
            Assert.Equal(Enumerable.Range(1, items.Count).Select(seq => (long)seq), items.Select(item => item.Seq));
            var sent = items.Where(item => item.From == people[n]).Select(item => item.Id);
            Assert.Equal(Enumerable.Range(0, 60).Select(i => $"{n}-{i}"), sent);
            for (var back = 1; back <= 3; back++)
            {
                var peer = (n - back + people.Count) % people.Count;
                var expected = Enumerable.Range(0, 60).Where(i => i % 3 == back - 1).Select(i => $"{peer}-{i}");
                Assert.Equal(expected, items.Where(item => item.From == people[peer]).Select(item => item.Id));
            }
        }
    }
}
