using System.Net;
using System.Net.Sockets;
using Krewe.Server.Lifetime;
using Krewe.Server.Options;

namespace Krewe.Server.Listening;

/// <summary>Looks whether the ports are free before anything is opened: all that are not are told at once, and in a fraction of a second.</summary>
internal static class PortCheck
{
    public static void Run(ServerSettings settings)
    {
        (string Key, IPEndPoint? Endpoint)[] listeners =
        [
            ("Krewe:Http:Listen", settings.Http),
            ("Krewe:Http:TlsListen", settings.Https),
            ("Krewe:Xmpp:Listen", settings.Xmpp),
            ("Krewe:Xmpp:TlsListen", settings.XmppTls),
            ("Krewe:Admin:Listen", settings.AdminEndpoint),
            ("Krewe:Cluster:SiloListen", ListenAddress.Parse(settings.Silo.SiloListen)),
        ];
        var troubles = listeners
            .Where(listener => listener.Endpoint is { Port: > 0 })
            .Select(listener => Trouble(listener.Endpoint!) is { } trouble ? $"{listener.Key}={listener.Endpoint}: {trouble}" : null)
            .OfType<string>()
            .ToList();
        if (troubles.Count > 0)
            throw new StartRefusedException($"it cannot listen: {string.Join("; ", troubles)}");
    }

    private static string? Trouble(IPEndPoint endpoint)
    {
        try
        {
            using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endpoint.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(endpoint);
            return null;
        }
        catch (SocketException trouble)
        {
            return trouble.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "the port is in use by another process",
                SocketError.AccessDenied => "this user may not use the port",
                SocketError.AddressNotAvailable => "this machine does not have the address",
                _ => trouble.Message,
            };
        }
    }
}
