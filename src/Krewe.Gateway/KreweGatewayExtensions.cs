using Krewe.Gateway.Accounts;
using Krewe.Gateway.Api;
using Krewe.Gateway.AsyncApi;
using Krewe.Gateway.Connections;
using Krewe.Gateway.Sessions;
using Krewe.Gateway.Transports;
using Krewe.Gateway.Transports.Tcp;
using Krewe.Gateway.Transports.XmppWebSocket;
using Krewe.Gateway.Web;
using Krewe.Gateway.Xmpp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Krewe.Gateway;

/// <summary>Puts the gateway into a host: its services, its middleware, its endpoints.</summary>
public static class KreweGatewayExtensions
{
    /// <summary>Everything that serves clients on this silo.</summary>
    public static IServiceCollection AddKreweGateway(this IServiceCollection services)
    {
        services.AddOptions().AddLogging().AddMetrics().AddRouting();
        services.TryAddSingleton(TimeProvider.System);
        return services.AddAccounts().AddApi().AddSessions().AddXmpp();
    }

    /// <summary>The middleware: what goes wrong becomes problem details. To be called before other middleware of the gateway's listener.</summary>
    /// <param name="services">Where <see cref="AddKreweGateway"/> was called; the application's own services unless told.</param>
    public static IApplicationBuilder UseKreweGateway(this IApplicationBuilder app, IServiceProvider? services = null)
    {
        services ??= app.ApplicationServices;
        var problems = ActivatorUtilities.CreateInstance<ProblemMiddleware>(services);
        var cors = ActivatorUtilities.CreateInstance<CorsMiddleware>(services);
        app.UseTrustedProxies(services.GetRequiredService<IOptions<HttpOptions>>().Value);
        var gate = ActivatorUtilities.CreateInstance<DrainGate>(services);
        app.Use(next => context => cors.InvokeAsync(context, next));
        app.Use(next => context => problems.InvokeAsync(context, next));
        return app.Use(next => context => gate.InvokeAsync(context, next));
    }

    /// <summary>Serves XMPP on the connections of a listener.</summary>
    /// <param name="services">Where <see cref="AddKreweGateway"/> was called.</param>
    /// <param name="encrypted">With TLS from the first byte, for which an <see cref="IServerCertificate"/> is needed; else it begins in clear.</param>
    public static IConnectionBuilder RunKreweXmpp(this IConnectionBuilder connections, IServiceProvider services, bool encrypted) =>
        connections.Run(connection => services.GetRequiredService<XmppTcpHandler>().RunAsync(connection, encrypted));

    /// <summary>All endpoints and pages.</summary>
    /// <param name="services">Where <see cref="AddKreweGateway"/> was called; the application's own services unless told.</param>
    public static IEndpointRouteBuilder MapKreweGateway(this IEndpointRouteBuilder routes, IServiceProvider? services = null)
    {
        services ??= routes.ServiceProvider;
        new WebPages().Map(routes);
        routes.MapApi(services);
        services.GetRequiredService<TransportEndpoints>().MapConnect(routes);
        ActivatorUtilities.CreateInstance<XmppWebSocketEndpoint>(services).Map(routes);
        ActivatorUtilities.CreateInstance<AsyncApiPages>(services).Map(routes);
        return routes;
    }
}
