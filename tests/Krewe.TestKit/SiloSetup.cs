using Krewe.Core;
using Krewe.Core.Accounts;
using Krewe.Core.Silos;
using Krewe.Gateway;
using Krewe.Gateway.Accounts;
using Krewe.Grains;
using Krewe.Push;
using Krewe.Storage.Embedded;
using Krewe.Streams;
using Krewe.Streams.Faults;
using Krewe.TestKit.Push;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace Krewe.TestKit;

/// <summary>What makes a silo of the product out of a bare one.</summary>
internal static class SiloSetup
{
    public static void AddKrewe(this ISiloBuilder silo, KreweClusterOptions options, SiloRoles roles, EmbeddedStore store, TestClock clock, StreamFaults faults)
    {
        // A silo that was killed is missed after two probes, about a second; Orleans' defaults take ten times as long.
        silo.Configure<ClusterMembershipOptions>(static o =>
        {
            o.ProbeTimeout = TimeSpan.FromMilliseconds(500);
            o.NumMissedProbesLimit = 2;
            o.TableRefreshTimeout = TimeSpan.FromSeconds(2);
        });
        var services = silo.Services;
        services.AddLogging(logging => options.ConfigureLogging?.Invoke(logging));
        services.AddSingleton(options);
        services.AddSingleton<TimeProvider>(clock);
        services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
        services.AddSingleton<IGatewayStreamFaults>(faults);
        if (roles.HasFlag(SiloRoles.Gateway)) services.AddTestGateway();
        if (roles.HasFlag(SiloRoles.Core)) services.AddKreweEmbeddedStorage(store);
        else services.AddSingleton(store.Secret);
        services.Configure<DomainOptions>(o => o.Domain = options.Domain);
        services.Configure<AccountOptions>(static o => o.Registration = RegistrationPolicy.Open);
        services.Configure<ScramOptions>(static o => o.Iterations = Scram.MinIterations);
        silo.AddKreweGatewayStreams();
        silo.AddKreweGrains(roles);
        if (roles.HasFlag(SiloRoles.Core)) silo.AddKrewePush();
        else services.AddKrewePush();
        services.UseFakes(options);
        services.AddKreweDrainAtStop();
        options.ConfigureServices?.Invoke(services);
    }

    private static void AddTestGateway(this IServiceCollection services)
    {
        services.AddKreweGateway();
        services.AddSingleton<TestGateway>();
        services.AddHostedService(static provider => provider.GetRequiredService<TestGateway>());
    }
}
