using Krewe.Core.Administration;
using Krewe.Core.Draining;
using Krewe.Core.Gateways;
using Krewe.Core.Limits;
using Krewe.Gateway.Api;
using Krewe.Gateway.Connections;
using Krewe.Gateway.Transports;
using Krewe.Gateway.Transports.Polling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Krewe.Gateway.Sessions;

/// <summary>The gateway's sessions and what moves items to them.</summary>
internal static class SessionServices
{
    public static IServiceCollection AddSessions(this IServiceCollection services)
    {
        services.AddOptions<LimitOptions>();
        services.AddOptions<HttpOptions>();
        services.AddOptions<DrainOptions>();
        services.AddOptions<TrailOptions>();
        services.TryAddSingleton<MessageTrail>();
        services.TryAddSingleton(provider => new LocalGateway(provider.GetRequiredService<ILocalSiloDetails>().SiloAddress));
        services.AddSingleton<SessionMetrics>().AddSingleton<SessionRegistrar>().AddSingleton<SessionRegistry>().AddSingleton<SessionParts>();
        services.AddSingleton<SlowestFirst>().AddSingleton<Admission>();
        services.AddSingleton<IGatewayConsole, GatewayConsole>();
        services.AddSingleton<IGatewayInbox>(provider => provider.GetRequiredService<SessionRegistry>());
        services.AddSingleton<PollSessions>().AddSingleton<OriginPolicy>();
        services.AddSingleton<TransportEndpoints>().AddSingleton<IApiEndpoints>(provider => provider.GetRequiredService<TransportEndpoints>());
        services.AddHostedService<SessionClock>();
        services.AddSingleton<GatewayDrain>().AddHostedService(static provider => provider.GetRequiredService<GatewayDrain>());
        services.AddSingleton<IDrainStep>(static provider => provider.GetRequiredService<GatewayDrain>());
        return services;
    }
}
