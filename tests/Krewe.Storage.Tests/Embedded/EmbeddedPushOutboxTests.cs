using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Krewe.Storage.Embedded;
using Krewe.Storage.Embedded.Pushes;
using Krewe.Storage.Tests.Mailboxes;
using Krewe.Storage.Tests.Pushes;

namespace Krewe.Storage.Tests.Embedded;

public sealed class EmbeddedPushOutboxTests : PushOutboxContract, IAsyncLifetime
{
    private readonly StoreFolder _folder = new();
    private EmbeddedStore _store = null!;

    protected override IMailboxStore Mailboxes => _store.Mailboxes;

    protected override IPushOutbox Outbox => _store.Pushes;

    protected override DateTimeOffset Now => _folder.Time.GetUtcNow();

    [Fact]
    public async Task A_restart_keeps_the_rows_and_frees_all_claims()
    {
        await PutAsync(Push(Letters.Juliet, "phone", 1, Now) with { Attempts = 2, LastCode = "503" });
        await PutAsync(Push(Letters.Juliet, "tablet", 1, Now + Grace));
        await PutAsync(Push(Letters.Juliet, "watch", 1, Now));
        var claimed = await ClaimAsync(Now);
        await Outbox.SetAsideAsync(claimed.Single(row => row.Device == "watch"), "400");
        var backlog = await Outbox.BacklogAsync();
        await _store.DisposeAsync();
        _store = _folder.Open();
        Assert.Equal(backlog, await Outbox.BacklogAsync());
        Assert.Equal("watch", Assert.Single(await Outbox.ListSetAsideAsync(10)).Pending.Device);
        var again = Assert.Single(await ClaimAsync(Now));
        Assert.Equal(("phone", 2, "503"), (again.Device, again.Attempts, again.LastCode));
        Assert.Equal(Now + Grace, await Outbox.NextDueAsync(Every));
    }

    [Fact]
    public async Task A_claim_from_before_a_restart_settles_nothing()
    {
        await PutAsync(Push(Letters.Juliet, "phone", 1, Now));
        var claimed = Assert.Single(await ClaimAsync(Now));
        await _store.DisposeAsync();
        _store = _folder.Open();
        await Outbox.SettleAsync(claimed, null);
        Assert.Single(await ClaimAsync(Now));
    }

    [Fact]
    public async Task Rows_are_whole_after_a_kill()
    {
        await _store.DisposeAsync();
        long acked;
        using (var child = AppendingChild.Start(_folder.Path, count: 1_000_000))
        {
            await child.AckedAsync(500);
            acked = child.Kill();
        }
        _store = _folder.Open();
        // Each commit of the child put the row of its device; the newest that was acknowledged is there, and no row speaks of an item that is not.
        var last = (await Mailboxes.OpenAsync(AppendingChild.Owner)).Last;
        var row = Assert.Single(await ClaimAsync(DateTimeOffset.MaxValue - Lease - Lease));
        Assert.Equal(last, row.Seq);
        Assert.InRange(row.Seq, acked, last);
    }

    [Fact]
    public async Task Of_many_rows_each_is_claimed_once()
    {
        const int rows = 20_000;
        await Task.WhenAll(Enumerable.Range(0, rows).Select(i => PutAsync(Push(Letters.Juliet, $"{i}", 1, Now - TimeSpan.FromSeconds(1)))));
        var settling = new List<Task>();
        var taken = 0;
        for (var claimed = await ClaimAsync(Now, 100); claimed.Length > 0; claimed = await ClaimAsync(Now, 100))
        {
            taken += claimed.Length;
            settling.AddRange(claimed.Select(row => Outbox.SettleAsync(row, null)));
        }
        await Task.WhenAll(settling);
        Assert.Equal(rows, taken);
        await PutAsync(Push(Letters.Juliet, "last", 1, Now));
        Assert.Equal("last", Assert.Single(await ClaimAsync(Now)).Device);
    }

    [Fact]
    public async Task A_damaged_row_costs_its_push_alone_and_the_next_one_takes_its_place()
    {
        await PutAsync(Push(Letters.Juliet, "phone", 1, Now));
        await PutAsync(Push(Letters.Juliet, "tablet", 1, Now));
        Spoil(new PushKey(Letters.Juliet, "phone"));
        Assert.Equal(["tablet"], (await ClaimAsync(Now)).Devices());
        Assert.Contains(_folder.Log.Errors, line => line.Contains("the pending push of device phone", StringComparison.Ordinal));
        await PutAsync(Push(Letters.Juliet, "phone", 2, Now + Grace));
        Assert.Equal(2, Assert.Single(await ClaimAsync(Now + Grace)).Seq);
    }

    public ValueTask InitializeAsync()
    {
        _store = _folder.Open();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    protected override void Advance(TimeSpan time) => _folder.Time.Advance(time);

    private void Spoil(PushKey key)
    {
        using var lease = _store.Host.Rent();
        var row = lease.Database.Get(PushKeys.Row(key), lease.Database.Columns.Pushes)!;
        row[1] ^= 4;
        lease.Database.Db.Put(PushKeys.Row(key), row, lease.Database.Columns.Pushes);
    }
}
