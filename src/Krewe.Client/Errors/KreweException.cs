using System.Net;

namespace Krewe.Client;

/// <summary>The server refused something: an RFC 9457 problem as an exception.</summary>
public sealed class KreweException : Exception
{
    public KreweException(string code, string message, HttpStatusCode? status = null)
        : base(message)
    {
        Code = code;
        Status = status;
    }

    /// <summary>The stable word, for example <c>not-found</c>; <c>http</c> if the answer was no problem document.</summary>
    public string Code { get; }

    /// <summary>Null if the refusal came over a WebSocket.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>The member or parameter at fault.</summary>
    public string? Member { get; init; }

    /// <summary>With <c>cursor-expired</c>: the first <c>seq</c> that is left.</summary>
    public long? First { get; init; }

    /// <summary>With <c>cursor-ahead</c>: the newest <c>seq</c>.</summary>
    public long? Last { get; init; }

    /// <summary>When the server wants to be asked again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The same request may succeed later: 429, 502, 503, 504.</summary>
    public bool IsTransient => Code is "rate-limited" or "unavailable"
        || Status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
