using System.Net.WebSockets;
using System.Text.Json;
using Krewe.Client;

namespace Krewe.Checker.Clients;

/// <summary>What an exception of a call says about its fate.</summary>
internal static class Trouble
{
    /// <summary>Everything that a client may meet while servers die.</summary>
    public static bool IsExpected(Exception error) =>
        error is KreweException or HttpRequestException or IOException or OperationCanceledException or TimeoutException or WebSocketException or JsonException;

    /// <summary>The server's definite no, or null where nobody knows.</summary>
    public static string? Refusal(Exception error) => error is KreweException { IsTransient: false } refused ? refused.Code : null;

    public static string Describe(Exception error) => error is KreweException refused ? refused.Code : error.GetType().Name;
}
