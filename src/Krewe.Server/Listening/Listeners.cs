using System.Net;
using Krewe.Gateway;
using Krewe.Gateway.Transports.Tcp;
using Krewe.Server.Options;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using KestrelListenOptions = Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions;

namespace Krewe.Server.Listening;

/// <summary>Which listener a connection came in by.</summary>
internal enum ListenerKind
{
    Clients,
    Admin,
}

/// <summary>Kestrel's endpoints, with the ports that they really have.</summary>
internal sealed class Listeners
{
    private KestrelListenOptions? _http, _https, _admin, _xmpp, _xmppTls;

    public IPEndPoint? Http => _http?.IPEndPoint;

    public IPEndPoint? Https => _https?.IPEndPoint;

    public IPEndPoint? Xmpp => _xmpp?.IPEndPoint;

    public IPEndPoint? XmppTls => _xmppTls?.IPEndPoint;

    public IPEndPoint Admin => _admin!.IPEndPoint!;

    public void Configure(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions kestrel, ServerSettings settings, ConnectionBound bound, CertificateSource? certificate)
    {
        if (settings.Http is { } http)
            kestrel.Listen(http, listen => _http = Bound(Mark(listen, ListenerKind.Clients), bound, speaksHttp: true));
        if (settings.Https is { } https)
            kestrel.Listen(https, listen => _https = Bound(Mark(listen, ListenerKind.Clients), bound, speaksHttp: false).UseHttps(certificate!.Handshake));
        if (settings.Xmpp is { } xmpp)
            kestrel.Listen(xmpp, listen => Bound(_xmpp = listen, bound, speaksHttp: false).RunKreweXmpp(kestrel.ApplicationServices, encrypted: false));
        if (settings.XmppTls is { } xmppTls)
            kestrel.Listen(xmppTls, listen => Bound(_xmppTls = listen, bound, speaksHttp: false).RunKreweXmpp(kestrel.ApplicationServices, encrypted: true));
        kestrel.Listen(settings.AdminEndpoint, listen => _admin = Mark(listen, ListenerKind.Admin));
    }

    private static KestrelListenOptions Bound(KestrelListenOptions listen, ConnectionBound bound, bool speaksHttp)
    {
        listen.Use(next => connection => bound.RunAsync(connection, next, speaksHttp));
        return listen;
    }

    private static KestrelListenOptions Mark(KestrelListenOptions listen, ListenerKind kind)
    {
        listen.Use(next => connection =>
        {
            connection.Features.Set(new ListenerFeature(kind));
            return next(connection);
        });
        return listen;
    }
}

/// <summary>Set on every connection by its listener, so that no header can pretend to another one.</summary>
internal sealed record ListenerFeature(ListenerKind Kind);

internal static class ListenersExtensions
{
    // As much as Linux allows unless told (net.core.somaxconn).
    private const int Backlog = 4096;

    public static void AddListeners(this WebApplicationBuilder builder, ServerSettings settings)
    {
        var listeners = new Listeners();
        builder.Services.AddSingleton(listeners);
        builder.Services.AddSingleton<ConnectionBound>();
        // A storm's connections wait in the kernel until they are taken; those that find no room there come again after a second, and then three.
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.Backlog = Backlog);
        builder.Services.AddHostedService<ListenersEnd>();
        if (settings.UsesTls)
        {
            builder.Services.AddSingleton<CertificateSource>(services => new CertificateSource(
                settings.Tls, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<CertificateSource>>()));
            builder.Services.AddSingleton<IServerCertificate>(services => services.GetRequiredService<CertificateSource>());
        }
        builder.Services.AddSingleton(TimeProvider.System);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            listeners.Configure(kestrel, settings, kestrel.ApplicationServices.GetRequiredService<ConnectionBound>(), kestrel.ApplicationServices.GetService<CertificateSource>());
        });
    }

    /// <summary>Did the request come in by the operator's listener?</summary>
    public static bool IsAdmin(this HttpContext context) => context.Features.Get<ListenerFeature>()?.Kind == ListenerKind.Admin;
}
