using System.Diagnostics;
using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Gateways;
using Krewe.Core.Limits;
using Krewe.Core.Mailboxes;
using Krewe.Core.Users;
using Krewe.Storage.Embedded;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.Core.Internal;
using Orleans.TestingHost;

namespace Krewe.Grains.Tests.Cluster;

/// <summary>Silos in one process over one embedded store.</summary>
internal sealed class UserCluster : IAsyncDisposable
{
    public static readonly Credentials AnyCredentials = Scram.Derive("secret", Scram.MinIterations);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("krewe-grains-");
    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly EmbeddedStorageMetrics _metrics;
    private readonly EmbeddedStore _store;

    private UserCluster(int silos, Action<LimitOptions>? limits)
    {
        _metrics = ActivatorUtilities.CreateInstance<EmbeddedStorageMetrics>(_meters);
        _store = EmbeddedStore.Open(new EmbeddedStorageOptions { Path = _folder.FullName }, _metrics, NullLoggerFactory.Instance, TimeProvider.System);
        Store = new HookedStore(_store.Mailboxes);
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddKreweEmbeddedStorage(_store);
            silo.Services.AddSingleton<IMailboxStore>(Store);
            silo.Services.AddSingleton<IGatewayPublisher>(Gateways);
            silo.AddKreweGrains();
            if (limits is not null) silo.Services.Configure(limits);
            // As a server sets it: a dead silo is noticed within a second or two.
            silo.Configure<ClusterMembershipOptions>(options =>
            {
                options.ProbeTimeout = TimeSpan.FromMilliseconds(500);
                options.NumMissedProbesLimit = 2;
                options.TableRefreshTimeout = TimeSpan.FromSeconds(2);
            });
        });
        Silos = builder.Build();
    }

    public InProcessTestCluster Silos { get; }
    public HookedStore Store { get; }
    public RecordingPublisher Gateways { get; } = new();

    public static async Task<UserCluster> StartAsync(int silos = 1, Action<LimitOptions>? limits = null)
    {
        var cluster = new UserCluster(silos, limits);
        await cluster.Silos.DeployAsync();
        return cluster;
    }

    public T Grain<T>(Jid user) where T : IGrainWithStringKey => Silos.Client.GetGrain<T>(user.Text);

    public async Task CreateAsync(params IEnumerable<Jid> users)
    {
        foreach (var user in users) Assert.Null((await Grain<IAccountGrain>(user).CreateAsync(AnyCredentials)).Fault);
    }

    public async Task<Outcome<Sent>> SendAsync(Jid from, Draft draft, string device = "phone") =>
        (await Grain<IMailboxGrain>(from).SendAsync(device, [draft]))[0];

    /// <summary>As a client does: again under the same id until it is answered.</summary>
    public async Task<Sent> SendUntilAnsweredAsync(Jid from, Draft draft)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var outcome = await SendAsync(from, draft);
                if (outcome.TryGet(out var sent, out var fault)) return sent;
                Assert.Equal(FaultCode.Unavailable, fault.Code);
            }
            catch (Exception exception) when (exception is OrleansException or TimeoutException)
            {
                // The silo died with the call.
            }
            Assert.True(attempt < 100, $"{draft.Id} of {from} is not answered.");
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    public async Task<IReadOnlyList<MailboxItem>> ReadAllAsync(Jid user)
    {
        var items = new List<MailboxItem>();
        for (long cursor = 0; ;)
        {
            var page = (await Grain<IMailboxGrain>(user).ReadAsync(cursor, 500)).Value!;
            if (page.Items.IsEmpty) return items;
            items.AddRange(page.Items);
            cursor = page.Next;
        }
    }

    /// <summary>Ends the user's activation and waits until it is gone.</summary>
    public async Task DeactivateAsync(Jid user)
    {
        var management = Silos.Client.GetGrain<IManagementGrain>(0);
        var id = Grain<IMailboxGrain>(user).GetGrainId();
        await Grain<IMailboxGrain>(user).AsReference<IGrainManagementExtension>().DeactivateOnIdle();
        // The silos' own lists: the directory's answer may be a cached one.
        for (var waiting = Stopwatch.StartNew(); (await management.GetDetailedGrainStatistics()).Any(grain => grain.GrainId == id);)
            Assert.True(waiting.Elapsed < TimeSpan.FromSeconds(20), $"{id} does not deactivate.");
    }

    public async Task<InProcessSiloHandle> SiloOfAsync(Jid user)
    {
        var address = await Silos.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(Grain<IMailboxGrain>(user));
        return Silos.Silos.Single(silo => silo.SiloAddress.Equals(address));
    }

    public Task<SessionOpened> OpenSessionAsync(Jid user, string id = "s1") => OpenSessionAsync(user, Silos.Silos[0].SiloAddress, id);

    public async Task<SessionOpened> OpenSessionAsync(Jid user, SiloAddress gateway, string id) =>
        (await Grain<ISessionGrain>(user).OpenSessionAsync(new SessionInfo { SessionId = id, Device = "phone", Gateway = gateway, TokenId = $"token of {id}" })).Value!;

    public async ValueTask DisposeAsync()
    {
        await Silos.DisposeAsync();
        await _store.DisposeAsync();
        _metrics.Dispose();
        await _meters.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
