using Krewe.Core.Mailboxes;
using Krewe.Storage.Postgres;
using Krewe.Storage.Tests.Mailboxes;

namespace Krewe.Storage.Tests.Postgres;

public sealed class PostgresMailboxStoreTests(PostgresFixture fixture) : MailboxStoreContract, IAsyncLifetime
{
    private StoreDatabase _database = null!;
    private PostgresStore _store = null!;

    protected override IMailboxStore Store => _store.Mailboxes;

    public async ValueTask InitializeAsync()
    {
        _database = await StoreDatabase.CreateAsync(await fixture.ServerAsync());
        _store = await _database.OpenAsync();
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
