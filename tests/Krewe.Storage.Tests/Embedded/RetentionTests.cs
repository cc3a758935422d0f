using System.ComponentModel.DataAnnotations;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Embedded;
using Krewe.Storage.Tests.Mailboxes;

namespace Krewe.Storage.Tests.Embedded;

public sealed class RetentionTests
{
    [Fact]
    public async Task Items_older_than_the_limit_are_trimmed_by_themselves()
    {
        await using var folder = new StoreFolder();
        await using var store = folder.Open(options => options.Retention.MaxAge = TimeSpan.FromDays(2));
        await CommitAged(store, folder, days: [5, 4, 3, 1, 0]);
        folder.Time.Advance(TimeSpan.FromHours(1));
        await folder.Log.Line("Retention went through all mailboxes and trimmed 1");
        var head = await store.Mailboxes.OpenAsync(Letters.Juliet);
        Assert.Equal((4, 5), (head.First, head.Last));
        Assert.Null(await store.Mailboxes.FindAsync(Letters.Juliet, Letters.Romeo, "m3"));
        Assert.NotNull(await store.Mailboxes.FindAsync(Letters.Juliet, Letters.Romeo, "m4"));
    }

    [Fact]
    public async Task More_items_than_the_limit_are_trimmed_but_none_of_the_last_day()
    {
        await using var folder = new StoreFolder();
        await using var store = folder.Open(options => options.Retention.MaxItems = 2);
        await CommitAged(store, folder, days: [5, 4, 3, 2, 0, 0, 0]);
        await store.Retention.SweepAsync(TestContext.Current.CancellationToken);
        Assert.Equal(5, (await store.Mailboxes.OpenAsync(Letters.Juliet)).First);
        folder.Time.Advance(TimeSpan.FromDays(2));
        await store.Retention.SweepAsync(TestContext.Current.CancellationToken);
        Assert.Equal(6, (await store.Mailboxes.OpenAsync(Letters.Juliet)).First);
    }

    [Fact]
    public async Task Every_mailbox_is_visited()
    {
        await using var folder = new StoreFolder();
        await using var store = folder.Open(options => options.Retention.MaxAge = TimeSpan.FromDays(2));
        var owners = Enumerable.Range(0, 700).Select(i => Core.Addresses.Jid.FromCanonical($"user{i}@x.example")).ToArray();
        var old = folder.Time.GetUtcNow() - TimeSpan.FromDays(3);
        await Task.WhenAll(owners.Select(owner => store.Mailboxes.CommitAsync(Letters.Commit(owner, Letters.From(Letters.Romeo, owner, 1, at: old)))));
        Assert.Equal(owners.Length, await store.Retention.SweepAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, await store.Retention.SweepAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Without_limits_nothing_is_deleted()
    {
        await using var folder = new StoreFolder();
        await using var store = folder.Open();
        await CommitAged(store, folder, days: [5_000, 0]);
        Assert.Equal(0, await store.Retention.SweepAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_space_of_trimmed_items_goes_back_to_the_disk()
    {
        await using var folder = new StoreFolder();
        await using var store = folder.Open();
        var body = new string('x', 10_000);
        for (var seq = 1; seq <= 4_000; seq += 100)
        {
            await store.Mailboxes.CommitAsync(Letters.ToJuliet(seq, 100, body));
        }
        store.Host.Compact();
        var before = folder.Bytes();
        Assert.InRange(before, 40_000_000, long.MaxValue);
        await store.Mailboxes.TrimAsync(Letters.Juliet, 3_990);
        store.Reclaimer.RunIfDue();
        await folder.Log.Line("Tables were rewritten");
        Assert.InRange(folder.Bytes(), 1, 5_000_000);
        Assert.Equal(10, (await store.Mailboxes.ReadAsync(Letters.Juliet, 0, 100, 1 << 30)).Items.Length);
    }

    [Fact]
    public async Task The_space_of_a_deleted_mailbox_goes_back_to_the_disk()
    {
        await using var folder = new StoreFolder();
        await using var store = folder.Open();
        await store.Mailboxes.CommitAsync(Letters.ToJuliet(1, 1_000, new string('x', 10_000)));
        await store.Mailboxes.DeleteAsync(Letters.Juliet);
        store.Reclaimer.Run();
        Assert.InRange(folder.Bytes(), 1, 1_000_000);
    }

    [Theory]
    [InlineData(23, 3600)]
    [InlineData(48, 0)]
    public void Limits_that_would_break_promises_are_refused(int hours, int intervalSeconds)
    {
        var options = new RetentionOptions { MaxAge = TimeSpan.FromHours(hours), Interval = TimeSpan.FromSeconds(intervalSeconds) };
        Assert.False(Validator.TryValidateObject(options, new ValidationContext(options), [], validateAllProperties: true));
    }

    private static async Task CommitAged(EmbeddedStore store, StoreFolder folder, int[] days)
    {
        var now = folder.Time.GetUtcNow();
        var items = days.Select((age, i) => Letters.From(Letters.Romeo, Letters.Juliet, i + 1, at: now - TimeSpan.FromDays(age)));
        await store.Mailboxes.CommitAsync(Letters.Commit(Letters.Juliet, [.. items]));
    }
}
