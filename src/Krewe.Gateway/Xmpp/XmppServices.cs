using Krewe.Gateway.Transports.Tcp;
using Krewe.Gateway.Xmpp.Features;
using Krewe.Gateway.Xmpp.Login;
using Microsoft.Extensions.DependencyInjection;

namespace Krewe.Gateway.Xmpp;

/// <summary>XMPP on this gateway. Each extension is one line here and one file in Features.</summary>
internal static class XmppServices
{
    public static IServiceCollection AddXmpp(this IServiceCollection services)
    {
        services.AddOptions<XmppOptions>();
        services.AddSingleton<PendingLogins>().AddHostedService(static provider => provider.GetRequiredService<PendingLogins>());
        return services
            .AddSingleton<SaslAccountsFactory>()
            .AddSingleton<XmppServer>()
            .AddSingleton<XmppTcpHandler>()
            .AddSingleton<XmppFeatures>()
            .AddSingleton<IXmppFeature, SessionRequest>()
            .AddSingleton<IXmppFeature, Discovery>()
            .AddSingleton<IXmppFeature, Ping>()
            .AddSingleton<IXmppFeature, Roster>();
    }
}
