using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Krewe.Gateway.Connections;

/// <summary>Has the kernel give up on a peer that vanished without a word.</summary>
internal static class DeadPeer
{
    private const int Tcp = 6;
    private const int TcpUserTimeout = 18;

    // With a heartbeat every 13 s: noticed 43 to 58 s after the peer vanished, well within the 90 s after which nobody
    // may look present who is not. Linux waits about 15 minutes by itself (RFC 5482; tcp(7), TCP_USER_TIMEOUT).
    private const int UnacknowledgedMilliseconds = 45_000;

    /// <summary>For a connection that is only written to: bytes that stay unacknowledged end it.</summary>
    public static void Watch(HttpContext context) => Watch(context.Features);

    /// <inheritdoc cref="Watch(HttpContext)"/>
    public static void Watch(IFeatureCollection features)
    {
        if (!OperatingSystem.IsLinux() || features.Get<IConnectionSocketFeature>() is not { } feature) return;
        try
        {
            feature.Socket.SetRawSocketOption(Tcp, TcpUserTimeout, BitConverter.GetBytes(UnacknowledgedMilliseconds));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Not a TCP socket, or gone already.
        }
    }
}
