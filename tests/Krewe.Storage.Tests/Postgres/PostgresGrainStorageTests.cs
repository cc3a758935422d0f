using Krewe.Core;
using Krewe.Core.Accounts;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Postgres;
using Krewe.Storage.Tests.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Serialization;
using Orleans.Storage;

namespace Krewe.Storage.Tests.Postgres;

/// <summary>Over the registration that a host makes.</summary>
public sealed class PostgresGrainStorageTests(PostgresFixture fixture) : GrainStorageContract, IAsyncLifetime
{
    private ServiceProvider _services = null!;
    private IHostedLifecycleService _lifetime = null!;

    protected override IGrainStorage Storage => _services.GetRequiredKeyedService<IGrainStorage>(KreweDefaults.GrainStorage);

    protected override IUserList Users => _services.GetRequiredService<IUserList>();

    public async ValueTask InitializeAsync()
    {
        var server = await fixture.ServerAsync();
        var connectionString = await server.CreateDatabaseAsync();
        _services = new ServiceCollection().AddLogging().AddSerializer().AddKrewePostgresStorage(options => options.ConnectionString = connectionString).BuildServiceProvider();
        _lifetime = (IHostedLifecycleService)Assert.Single(_services.GetServices<IHostedService>());
        await _lifetime.StartingAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _lifetime.StoppedAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task A_host_has_all_views_and_closes_them_last()
    {
        var mailboxes = _services.GetRequiredService<IMailboxStore>();
        await mailboxes.OpenAsync(Mailboxes.Letters.Juliet, TestContext.Current.CancellationToken);
        Assert.Equal(32, _services.GetRequiredService<IClusterSecret>().Key.Length);
        Assert.Null(_services.GetRequiredService<IStoreHealth>().Trouble);
        await _lifetime.StoppedAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await mailboxes.OpenAsync(Mailboxes.Letters.Juliet, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => mailboxes.CommitAsync(Mailboxes.Letters.ToJuliet(1), TestContext.Current.CancellationToken));
    }
}
