using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Postgres;
using Krewe.Storage.Tests.Mailboxes;

namespace Krewe.Storage.Tests.Postgres;

/// <summary>Several silos on one database, also where two of them believe that a mailbox is theirs.</summary>
public sealed class SeveralSilosTests(PostgresFixture fixture) : IAsyncLifetime
{
    private StoreDatabase _database = null!;
    private PostgresStore _one = null!;
    private PostgresStore _other = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await StoreDatabase.CreateAsync(await fixture.ServerAsync());
        _one = await _database.OpenAsync();
        _other = await _database.OpenAsync();
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Of_two_writers_on_one_mailbox_one_is_fenced_and_leaves_nothing_while_its_neighbours_go_on()
    {
        for (var seq = 1; seq <= 50; seq++)
        {
            Task[] rivals = [_one.Mailboxes.CommitAsync(Of("one", seq)), _other.Mailboxes.CommitAsync(Of("other", seq))];
            Task[] neighbours = [_one.Mailboxes.CommitAsync(Letters.Commit(Letters.Romeo, Letters.From(Letters.Romeo, Letters.Nurse, seq))),
                _other.Mailboxes.CommitAsync(Letters.Commit(Letters.Nurse, Letters.From(Letters.Romeo, Letters.Nurse, seq)))];
            await Task.WhenAll(neighbours);
            await Task.WhenAll(rivals).ContinueWith(_ => { }, TaskScheduler.Default);
            var winner = Assert.Single(rivals, task => task.IsCompletedSuccessfully);
            Assert.IsType<MailboxFencedException>(Assert.Single(rivals, task => task != winner).Exception!.InnerException);
            var (there, gone) = winner == rivals[0] ? ("one", "other") : ("other", "one");
            Assert.Equal(seq, (await _one.Mailboxes.FindAsync(Letters.Juliet, Letters.Romeo, $"{there}{seq}"))!.Seq);
            Assert.Null(await _one.Mailboxes.FindAsync(Letters.Juliet, Letters.Romeo, $"{gone}{seq}"));
            Assert.Equal([(byte)there[1]], (await _one.Mailboxes.OpenAsync(Letters.Juliet)).State!);
        }
    }

    [Fact]
    public async Task Rivals_over_many_mailboxes_get_everything_in_once_and_do_not_lock_each_other_out()
    {
        var owners = Enumerable.Range(0, 20).Select(i => Jid.FromCanonical($"user{i}@capulet.example")).ToArray();
        const int each = 20;
        await Task.WhenAll(owners.SelectMany(owner => new[] { ("one", _one), ("other", _other) }.Select(silo => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
                await AppendAsync(silo.Item2.Mailboxes, owner, $"{silo.Item1}{i}");
        })))).WaitAsync(TimeSpan.FromMinutes(2));
        foreach (var owner in owners)
        {
            var items = (await _one.Mailboxes.ReadAsync(owner, 0, 1_000, int.MaxValue)).Items;
            Assert.Equal(Letters.Range(1, 2 * each), items.Seqs());
            Assert.Equal(2 * each, items.Select(item => item.Id).Distinct().Count());
        }
    }

    [Fact]
    public async Task A_write_that_the_database_does_not_take_fails_alone()
    {
        // No address has such a character; whoever made it, the others must not suffer.
        var impossible = Jid.FromCanonical("\0@capulet.example");
        var good = Letters.Range(1, 50).Select(seq => _one.Mailboxes.CommitAsync(Letters.ToJuliet(seq))).ToList();
        var bad = Enumerable.Range(0, 3).Select(_ => _one.Mailboxes.CommitAsync(Letters.Commit(impossible, Letters.From(Letters.Romeo, impossible, 1)))).ToList();
        good.AddRange(Letters.Range(51, 50).Select(seq => _one.Mailboxes.CommitAsync(Letters.ToJuliet(seq))));
        await Task.WhenAll(good);
        foreach (var task in bad)
            await Assert.ThrowsAsync<StoreUnavailableException>(() => task);
        Assert.Equal(100, (await _one.Mailboxes.OpenAsync(Letters.Juliet)).Last);
    }

    [Fact]
    public async Task Deleting_a_mailbox_while_others_write_to_it_leaves_a_whole_one()
    {
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
                await AppendAsync(_other.Mailboxes, Letters.Juliet, $"m{i}");
        });
        for (var i = 0; i < 20; i++)
            await _one.Mailboxes.DeleteAsync(Letters.Juliet);
        await stop.CancelAsync();
        await writing;
        var head = await _one.Mailboxes.OpenAsync(Letters.Juliet);
        Assert.Equal(Letters.Range(head.First, (int)(head.Last - head.First + 1)), (await _one.Mailboxes.ReadAsync(Letters.Juliet, 0, 10_000, int.MaxValue)).Seqs());
    }

    [Fact]
    public async Task Retention_is_one_silos_work_at_a_time_and_leaves_what_is_young()
    {
        await using var database = await StoreDatabase.CreateAsync(await fixture.ServerAsync());
        var silos = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => database.OpenAsync(options => (options.Retention.MaxAge, options.Retention.MaxItems) = (TimeSpan.FromDays(4), 2))));
        var now = database.Time.GetUtcNow();
        foreach (var owner in (Jid[])[Letters.Juliet, Letters.Romeo])
            await silos[0].Mailboxes.CommitAsync(Letters.Commit(owner, [.. ((int[])[5, 3, 2, 0, 0, 0]).Select((days, i) => Letters.From(Letters.Nurse, owner, i + 1, at: now - TimeSpan.FromDays(days)))]));
        var turns = await Task.WhenAll(silos.Select(silo => silo.Retention.TakeTurnAsync(TestContext.Current.CancellationToken)));
        Assert.Single(turns, turn => turn);
        database.Time.Advance(TimeSpan.FromHours(1));
        await database.Log.Line("Retention went through all mailboxes and trimmed 2");
        var head = await silos[1].Mailboxes.OpenAsync(Letters.Juliet);
        Assert.Equal((4, 6), (head.First, head.Last));
        Assert.Null(await silos[1].Mailboxes.FindAsync(Letters.Juliet, Letters.Nurse, "m3"));
        Assert.Equal(0, await silos[2].Retention.SweepAsync(TestContext.Current.CancellationToken));
    }

    private static MailboxCommit Of(string silo, int seq) =>
        Letters.Commit(Letters.Juliet, Letters.From(Letters.Romeo, Letters.Juliet, seq, $"{silo}{seq}")) with { State = [(byte)silo[1]] };

    private static async Task AppendAsync(IMailboxStore store, Jid owner, string id)
    {
        while (true)
        {
            var last = (await store.OpenAsync(owner)).Last;
            try
            {
                await store.CommitAsync(Letters.Commit(owner, Letters.From(Letters.Romeo, owner, last + 1, id)));
                return;
            }
            catch (MailboxFencedException)
            {
                // The rival was first: look again.
            }
        }
    }
}
