using Krewe.Core.Push;
using Krewe.Core.Silos;
using Krewe.Push.Apns;
using Krewe.Push.Delivery;
using Krewe.Push.Fcm;
using Krewe.Push.MiPush;
using Krewe.Push.Webhook;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Krewe.Push;

/// <summary>Puts mobile push into a host.</summary>
public static class KrewePushExtensions
{
    /// <summary>What the gateways need to know of push: which apps there are. Configured by <see cref="FcmOptions"/>, <see cref="ApnsOptions"/>,
    /// <see cref="MiPushOptions"/> and <see cref="WebhookOptions"/>.</summary>
    public static IServiceCollection AddKrewePush(this IServiceCollection services)
    {
        services.AddOptions().AddLogging().AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IPushApps, PushApps>();
        return services;
    }

    /// <summary>Sends the silo's share of what the outbox holds. Needs an <see cref="IPushOutbox"/> and the users' grains; does nothing while no push service is configured.</summary>
    public static ISiloBuilder AddKrewePush(this ISiloBuilder silo)
    {
        var services = silo.Services.AddKrewePush().AddSiloRoles();
        services.AddOptions<PushPolicyOptions>();
        services.AddValue<PushOptions>().AddValue<FcmOptions>().AddValue<ApnsOptions>().AddValue<MiPushOptions>().AddValue<WebhookOptions>();
        services.TryAddSingleton<PushMetrics>();
        services.TryAddSingleton<PushAlarms>();
        services.TryAddSingleton<PushReport>();
        services.TryAddSingleton<PushDelivery>();
        services.TryAddSingleton(static provider => new PushConsole(
            provider.GetRequiredService<IPushOutbox>(), provider.GetRequiredService<IGrainFactory>(), provider.GetRequiredService<Lanes>(),
            provider.GetRequiredService<PushAlarms>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(static provider => new Lanes(Senders(provider), provider.GetRequiredService<PushOptions>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<PushGauges>();
        services.TryAddSingleton<PushWorker>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, PushLifetime>();
        return silo;
    }

    private static IServiceCollection AddValue<T>(this IServiceCollection services)
        where T : class
    {
        services.AddOptions<T>();
        services.TryAddSingleton(static provider => provider.GetRequiredService<IOptions<T>>().Value);
        return services;
    }

    private static IEnumerable<IPushSender> Senders(IServiceProvider provider)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        if (provider.GetRequiredService<FcmOptions>() is { IsUsed: true } fcm) yield return new FcmSender(fcm, time);
        if (provider.GetRequiredService<ApnsOptions>() is { IsUsed: true } apns) yield return new ApnsSender(apns, provider.GetRequiredService<IGrainFactory>(), time);
        if (provider.GetRequiredService<MiPushOptions>() is { IsUsed: true } miPush) yield return new MiPushSender(miPush, time);
        if (provider.GetRequiredService<WebhookOptions>() is { IsUsed: true } webhook) yield return new WebhookSender(webhook, time);
        foreach (var sender in provider.GetServices<IPushSender>()) yield return sender;
    }
}
