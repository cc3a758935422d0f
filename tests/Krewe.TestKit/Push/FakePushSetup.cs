using Krewe.Push.Apns;
using Krewe.Push.Fcm;
using Krewe.Push.MiPush;
using Microsoft.Extensions.DependencyInjection;

namespace Krewe.TestKit.Push;

/// <summary>Points a silo's senders at fakes.</summary>
internal static class FakePushSetup
{
    public static void UseFakes(this IServiceCollection services, KreweClusterOptions options)
    {
        if (options.Fcm is { } fcm)
            services.Configure<FcmOptions>(o => (o.ProjectId, o.CredentialsFile, o.BaseAddress) = (fcm.ProjectId, fcm.CredentialsFile, Plain(fcm.Address)));
        if (options.Apns is { } apns)
            services.Configure<ApnsOptions>(o => (o.TeamId, o.KeyId, o.KeyFile, o.Topic, o.BaseAddress) = (apns.TeamId, apns.KeyId, apns.KeyFile, apns.Topic, Plain(apns.Address)));
        if (options.MiPush is { } mi)
            services.Configure<MiPushOptions>(o => (o.PackageName, o.AppSecret, o.BaseAddress) = (mi.PackageName, mi.AppSecret, Plain(mi.Address)));
    }

    // What a process trusts is settled when it starts: a certificate made later is none.
    private static Uri Plain(Uri address) => address.Scheme == Uri.UriSchemeHttp ? address
        : throw new ArgumentException("A cluster in the test's own process cannot trust a fake's certificate: start the fake without Tls.");
}
