using System.Net;
using System.Net.Sockets;
using Krewe.Grains;
using Krewe.Push;
using Krewe.Server.Admin.Silos;
using Krewe.Server.Listening;
using Krewe.Server.Options;
using Krewe.Streams;
using Orleans.Configuration;
using Orleans.Dashboard;

namespace Krewe.Server.Clustering;

/// <summary>Orleans in this process: the grains, the gateway streams, the dashboard.</summary>
internal static class SiloSetup
{
    public static void AddSilo(this WebApplicationBuilder builder, ServerSettings settings) => builder.Host.UseOrleans(silo =>
    {
        var listen = ListenAddress.Parse(settings.Silo.SiloListen) ?? new IPEndPoint(IPAddress.Loopback, 0);
        if (listen.Port == 0)
            listen.Port = FreePort(listen.Address);
        var advertised = IPAddress.TryParse(settings.Silo.AdvertisedAddress, out var address) ? address : listen.Address;

        silo.AddMembership(settings, new IPEndPoint(advertised, listen.Port));
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (settings.Silo.Id, settings.Silo.Id));
        silo.Configure<EndpointOptions>(endpoint =>
        {
            endpoint.AdvertisedIPAddress = advertised;
            endpoint.SiloPort = listen.Port;
            endpoint.SiloListeningEndpoint = listen;
            // No Orleans clients: the gateways are in the silos.
            endpoint.GatewayPort = 0;
        });
        silo.AddLiveness();
        if (settings.Silo.Kubernetes)
            silo.UseKubernetesHosting();
        // Where users' grains are. Orleans' million takes 19 MB from the start, and the dashboard walks over all of it once a second.
        silo.Configure<GrainDirectoryOptions>(directory => directory.CacheSize = 100_000);
        silo.AddKreweGatewayStreams();
        silo.AddKreweGrains(settings.Roles.Roles);
        if (settings.Roles.IsCore)
            silo.AddKrewePush();
        else
            silo.Services.AddKrewePush();
        silo.AddSiloConsole();
        // Log streaming into a browser would be a second way out for what the log has.
        silo.AddDashboard(dashboard => dashboard.HideTrace = true);
    });

    // Orleans wants to know its port before it listens. Between this look and that, another process could take it: then the start fails with a clear line.
    private static int FreePort(IPAddress address)
    {
        using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(address, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
