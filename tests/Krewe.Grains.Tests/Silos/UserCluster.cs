using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Krewe.Core;
using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Krewe.Core.Gateways;
using Krewe.Core.Limits;
using Krewe.Core.Mailboxes;
using Krewe.Core.Presence;
using Krewe.Core.Push;
using Krewe.Core.Users;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.TestingHost;

namespace Krewe.Grains.Tests.Silos;

/// <summary>Silos in one process with users' grains, over stores that they share.</summary>
internal sealed class UserCluster : IAsyncDisposable
{
    private static readonly Credentials Password = Scram.Derive("secret", Scram.MinIterations);
    private readonly InProcessTestCluster _cluster;
    private readonly RecordingPublisher _publisher = new();
    private readonly ConcurrentDictionary<Jid, byte> _users = new();
    private int _sessions;

    private UserCluster(int silos, Action<LimitOptions>? limits)
    {
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.AddKreweGrains();
            silo.Services.AddSingleton<IMailboxStore>(Mailboxes);
            silo.Services.AddSingleton<IGatewayPublisher>(_publisher);
            silo.Services.AddSingleton<IClusterSecret>(new Secret());
            silo.Services.AddKeyedSingleton(KreweDefaults.GrainStorage, (services, _) => States.On(services.GetRequiredService<Serializer>()));
            silo.Services.Configure<LimitOptions>(options => limits?.Invoke(options));
            silo.Services.Configure<ClusterMembershipOptions>(options =>
            {
                options.ProbeTimeout = TimeSpan.FromSeconds(1);
                options.NumMissedProbesLimit = 2;
                options.TableRefreshTimeout = TimeSpan.FromSeconds(2);
            });
        });
        _cluster = builder.Build();
    }

    public FakeMailboxStore Mailboxes { get; } = new();

    public SharedGrainStorage States { get; } = new();

    /// <summary>The silos that live, in the order of their start.</summary>
    public SiloAddress[] Silos => [.. _cluster.GetActiveSilos().Select(silo => silo.SiloAddress)];

    /// <summary>Gateways of tests with one silo: their generation lies ahead, so that the membership does not take them for dead ones.</summary>
    public static SiloAddress SomeGateway { get; } = SiloAddress.New(IPAddress.Loopback, 1, 2_000_000_000);

    public static SiloAddress OtherGateway { get; } = SiloAddress.New(IPAddress.Loopback, 2, 2_000_000_000);

    public static async Task<UserCluster> StartAsync(int silos = 1, Action<LimitOptions>? limits = null)
    {
        var cluster = new UserCluster(silos, limits);
        await cluster._cluster.DeployAsync();
        return cluster;
    }

    public T User<T>(Jid user)
        where T : IGrainWithStringKey => _cluster.Client.GetGrain<T>(user.Text);

    /// <summary>Makes an account; its grain is placed on the given silo.</summary>
    public async Task<Jid> RegisterAsync(string name, SiloAddress? on = null)
    {
        var user = People.Named(name);
        var factory = on is null ? _cluster.Client : _cluster.GetSiloServiceProvider(on).GetRequiredService<IGrainFactory>();
        Assert.Null((await factory.GetGrain<IAccountGrain>(user.Text).CreateAsync(Password)).Fault);
        _users[user] = 0;
        return user;
    }

    public async Task<TestSession> ConnectAsync(
        Jid user, string device = "phone", SiloAddress? gateway = null, SessionWants wants = SessionWants.All, bool again = false)
    {
        var info = new SessionInfo
        {
            SessionId = $"s{Interlocked.Increment(ref _sessions)}", Device = device, Gateway = gateway ?? SomeGateway, Wants = wants, Again = again,
        };
        var session = new TestSession(this, user, info);
        // As a gateway does: the session takes events before it is registered, so that none is early.
        _publisher.Add(session);
        Assert.Null((await User<ISessionGrain>(user).OpenSessionAsync(info)).Fault);
        return session;
    }

    public async Task<Contact?> ContactAsync(Jid user, Jid contact) =>
        (await User<IRosterGrain>(user).GetContactsAsync()).SingleOrDefault(entry => entry.Address == contact);

    public async Task SayAsync(Jid user, Show show, string? status = null, string device = "phone") =>
        Assert.Null((await User<ISessionGrain>(user).SetPresenceAsync(device, new PresenceState { Show = show, Status = status })).Fault);

    /// <summary>The first sees the presence of the second.</summary>
    public async Task SubscribeAsync(Jid watcher, Jid watched)
    {
        Assert.Null((await User<IRosterGrain>(watcher).AddContactAsync(watched, null, [])).Fault);
        Assert.Null((await User<IRosterGrain>(watched).SendSubscriptionAsync(watcher, SubscriptionStanza.Subscribed)).Fault);
    }

    public async Task BefriendAsync(Jid one, Jid other)
    {
        await SubscribeAsync(one, other);
        await SubscribeAsync(other, one);
    }

    /// <summary>Sends a message that arrives.</summary>
    public async Task<Sent> SendAsync(Jid from, Jid to, string id, PushHints hints = PushHints.None)
    {
        var answers = await AskAsync(() => User<IMailboxGrain>(from).SendAsync("laptop", [People.Draft(to, id) with { Hints = hints }]));
        Assert.Null(answers[0].Fault);
        return answers[0].Value!;
    }

    /// <summary>As callers do: again while a dead silo is still in the directory.</summary>
    public async Task<T> AskAsync<T>(Func<ValueTask<T>> call)
    {
        for (var waiting = Stopwatch.StartNew(); ;)
        {
            try
            {
                return await call();
            }
            catch (Exception exception) when (exception is OrleansException or TimeoutException && waiting.Elapsed < TimeSpan.FromSeconds(30))
            {
                // It comes up elsewhere.
            }
        }
    }

    /// <summary>Lets a user's grain go, so that the next call loads it anew.</summary>
    public async Task ForgetAsync(Jid user)
    {
        Assert.True(_cluster.TryGetGrainContext(User<IAccountGrain>(user).GetGrainId(), out _));
        await _cluster.DeactivateAsync(User<IAccountGrain>(user));
    }

    /// <summary>Until what grains tell each other in the background has arrived: each round waits for the turns of every user.</summary>
    public async Task QuietAsync()
    {
        for (var round = 0; round < 10; round++)
            foreach (var user in _users.Keys) await User<IAccountGrain>(user).ExistsAsync();
    }

    public IServiceProvider On(SiloAddress silo) => _cluster.GetSiloServiceProvider(silo);

    public Task KillAsync(SiloAddress silo) => _cluster.KillSiloAsync(_cluster.GetSiloForAddress(silo)!);

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    private sealed class Secret : IClusterSecret
    {
        public ReadOnlyMemory<byte> Key { get; } = new byte[32];
    }
}
