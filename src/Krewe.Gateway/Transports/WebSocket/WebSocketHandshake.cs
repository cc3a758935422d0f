using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Krewe.Core.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Krewe.Gateway.Transports.WebSocket;

/// <summary>The opening handshake (RFC 6455, section 4.2; over HTTP/2: RFC 8441), up to the bytes of the connection.</summary>
/// <remarks>ASP.NET Core's own hands out a socket that writes and flushes each message by itself; here what waits goes out together.</remarks>
internal static class WebSocketHandshake
{
    public const string Protocol = "krewe.v1.json";

    private const string Version = "13";
    private const string Accepted = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Checks a request for what does not depend on who sends it.</summary>
    /// <param name="protocol">The sub-protocol that is spoken.</param>
    /// <param name="required">A client that offers no sub-protocol is refused; else it speaks this one all the same.</param>
    /// <param name="answersProtocol">The client offers the sub-protocol.</param>
    public static bool TryCheck(HttpContext context, string protocol, bool required, out bool answersProtocol, [NotNullWhen(false)] out Fault? fault)
    {
        var request = context.Request;
        answersProtocol = false;
        fault = null;
        if (!IsExtendedConnect(context) && !IsUpgrade(context))
        {
            fault = Fault.BadRequest(HeaderNames.Upgrade, "This is a WebSocket: the request must ask for the upgrade.");
            return false;
        }
        if (request.Headers.SecWebSocketVersion is not [Version])
        {
            context.Response.Headers.SecWebSocketVersion = Version;
            fault = Fault.BadRequest(HeaderNames.SecWebSocketVersion, $"Version {Version} is spoken here.");
            return false;
        }
        if (!IsExtendedConnect(context) && !HasKey(request))
        {
            fault = Fault.BadRequest(HeaderNames.SecWebSocketKey, "16 bytes in base64 are expected.");
            return false;
        }
        var offered = request.Headers.GetCommaSeparatedValues(HeaderNames.SecWebSocketProtocol);
        answersProtocol = offered.Contains(protocol, StringComparer.Ordinal);
        if ((offered.Length == 0 && !required) || answersProtocol) return true;
        fault = Fault.BadRequest(HeaderNames.SecWebSocketProtocol, $"The sub-protocol here is {protocol}.");
        return false;
    }

    /// <param name="protocol">Told to the client; null: nothing.</param>
    public static async ValueTask<Stream> AcceptAsync(HttpContext context, string? protocol)
    {
        var headers = context.Response.Headers;
        if (protocol is not null) headers.SecWebSocketProtocol = protocol;
        if (IsExtendedConnect(context)) return await context.Features.GetRequiredFeature<IHttpExtendedConnectFeature>().AcceptAsync();
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = AcceptOf(context.Request.Headers.SecWebSocketKey.ToString());
        return await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }

    private static bool IsExtendedConnect(HttpContext context) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" };

    private static bool IsUpgrade(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method)
        && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
        && context.Request.Headers.GetCommaSeparatedValues(HeaderNames.Upgrade).Contains("websocket", StringComparer.OrdinalIgnoreCase);

    private static bool HasKey(HttpRequest request)
    {
        Span<byte> key = stackalloc byte[18];
        return request.Headers.SecWebSocketKey is [{ Length: 24 } text] && Convert.TryFromBase64String(text, key, out var length) && length == 16;
    }

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455, section 4.2.2 says SHA-1; nothing is kept secret by it.")]
    private static string AcceptOf(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Accepted)));
}
