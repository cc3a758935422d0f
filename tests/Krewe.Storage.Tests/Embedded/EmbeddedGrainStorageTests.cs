using Krewe.Core;
using Krewe.Core.Accounts;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Embedded;
using Krewe.Storage.Tests.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Serialization;
using Orleans.Storage;

namespace Krewe.Storage.Tests.Embedded;

public sealed class EmbeddedGrainStorageTests : GrainStorageContract, IAsyncLifetime
{
    private readonly StoreFolder _folder = new();
    private ServiceProvider _services = null!;

    protected override IGrainStorage Storage => _services.GetRequiredKeyedService<IGrainStorage>(KreweDefaults.GrainStorage);

    protected override IUserList Users => _services.GetRequiredService<IUserList>();

    public ValueTask InitializeAsync()
    {
        _services = new ServiceCollection().AddSerializer().AddKreweEmbeddedStorage(_folder.Open()).BuildServiceProvider();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _folder.DisposeAsync();
    }

    [Fact]
    public async Task A_host_opens_its_store_first_and_closes_it_last()
    {
        await using var folder = new StoreFolder();
        var services = new ServiceCollection().AddLogging().AddSerializer();
        services.AddKreweEmbeddedStorage(options => options.Path = folder.Path);
        await using var provider = services.BuildServiceProvider();
        var lifetime = (IHostedLifecycleService)Assert.Single(provider.GetServices<IHostedService>());
        await lifetime.StartingAsync(TestContext.Current.CancellationToken);
        Assert.Contains("in use", folder.Refused().Message, StringComparison.Ordinal);
        await provider.GetRequiredService<IMailboxStore>().OpenAsync(Mailboxes.Letters.Juliet, TestContext.Current.CancellationToken);
        Assert.Equal(32, provider.GetRequiredService<IClusterSecret>().Key.Length);
        await lifetime.StoppedAsync(TestContext.Current.CancellationToken);
        await using var again = folder.Open();
    }
}
