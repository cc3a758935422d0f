using Krewe.Core.Mailboxes;
using Krewe.Storage.Embedded;
using Krewe.Storage.Tests.Mailboxes;

namespace Krewe.Storage.Tests.Embedded;

public sealed class EmbeddedMailboxStoreTests : MailboxStoreContract, IAsyncLifetime
{
    private readonly StoreFolder _folder = new();
    private EmbeddedStore _store = null!;

    protected override IMailboxStore Store => _store.Mailboxes;

    public ValueTask InitializeAsync()
    {
        _store = _folder.Open();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _folder.DisposeAsync();
}
