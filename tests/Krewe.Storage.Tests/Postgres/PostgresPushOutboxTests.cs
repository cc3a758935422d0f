using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Krewe.Storage.Postgres;
using Krewe.Storage.Tests.Mailboxes;
using Krewe.Storage.Tests.Pushes;

namespace Krewe.Storage.Tests.Postgres;

public sealed class PostgresPushOutboxTests(PostgresFixture fixture) : PushOutboxContract, IAsyncLifetime
{
    private StoreDatabase _database = null!;
    private PostgresStore _store = null!;

    protected override IMailboxStore Mailboxes => _store.Mailboxes;

    protected override IPushOutbox Outbox => _store.Pushes;

    protected override DateTimeOffset Now => _database.Time.GetUtcNow();

    [Fact]
    public async Task Workers_of_several_silos_share_the_rows_and_a_dead_ones_rows_come_back_after_the_lease()
    {
        var other = await _database.OpenAsync();
        foreach (var i in Enumerable.Range(0, 40))
            await PutAsync(Push(Letters.Juliet, $"{i}", 1, Now));
        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? Outbox : other.Pushes).ClaimAsync(Every, Now, 5, Lease).AsTask()));
        var devices = claims.SelectMany(rows => rows.Devices()).ToArray();
        Assert.Equal(devices.Distinct().Order(), devices.Order());
        await _store.DisposeAsync();
        _store = other;
        await ClaimAsync(Now, 100);
        Assert.Equal(40, (await ClaimAsync(Now + Lease, 100)).Length);
    }

    [Fact]
    public async Task What_a_silo_put_that_then_died_wakes_the_others_in_a_while()
    {
        var other = await _database.OpenAsync();
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        other.Pushes.Changed += () => woken.TrySetResult();
        await PutAsync(Push(Letters.Juliet, "phone", 1, Now));
        Assert.False(woken.Task.IsCompleted);
        Advance(TimeSpan.FromSeconds(20));
        await woken.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async ValueTask InitializeAsync()
    {
        _database = await StoreDatabase.CreateAsync(await fixture.ServerAsync());
        _store = await _database.OpenAsync();
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    protected override void Advance(TimeSpan time) => _database.Time.Advance(time);
}
