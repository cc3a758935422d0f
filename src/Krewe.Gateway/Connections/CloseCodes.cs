using System.Collections.Frozen;
using Krewe.Core.Connections;
using Krewe.Core.Errors;

namespace Krewe.Gateway.Connections;

/// <summary>Why a connection ends, in the words of WebSocket and of HTTP.</summary>
internal static class CloseCodes
{
    /// <summary>A binary frame, where all frames are text.</summary>
    public static readonly CloseReason Binary = new("unsupported-data", "Frames are text here.", false);

    /// <summary>The client ended the connection as it should.</summary>
    public static readonly CloseReason Normal = new("normal", "The client closed the connection.", true);

    // RFC 6455, section 7.4.1; from 4000 on the numbers are an application's own: here 4000 and the HTTP status of the same meaning.
    private static readonly FrozenDictionary<string, Row> Table = new Dictionary<string, Row>
    {
        [CloseReason.Drain.Code] = new(1001, FaultCode.Unavailable, Planned: true),
        [CloseReason.SlowConsumer.Code] = new(1008, FaultCode.Unavailable, Planned: false),
        [CloseReason.SignedOut.Code] = new(4401, FaultCode.Unauthorized, Planned: true),
        [CloseReason.TokenExpired.Code] = new(4401, FaultCode.Unauthorized, Planned: true),
        [CloseReason.AccountDeleted.Code] = new(4401, FaultCode.Unauthorized, Planned: true),
        [CloseReason.AccountDisabled.Code] = new(4401, FaultCode.Unauthorized, Planned: true),
        [CloseReason.Kicked.Code] = new(1001, FaultCode.Unavailable, Planned: true),
        [CloseReason.ProtocolError.Code] = new(1002, FaultCode.BadRequest, Planned: false),
        [CloseReason.TooLarge.Code] = new(1009, FaultCode.TooLarge, Planned: false),
        [CloseReason.RateLimited.Code] = new(4429, FaultCode.RateLimited, Planned: true),
        [CloseReason.ClientGone.Code] = new(1001, FaultCode.Unavailable, Planned: false),
        [CloseReason.Replaced.Code] = new(4409, FaultCode.Unavailable, Planned: true),
        [CloseReason.Internal.Code] = new(1011, FaultCode.Unavailable, Planned: true),
        [CloseReason.CursorExpired.Code] = new(4410, FaultCode.CursorExpired, Planned: true),
        [Binary.Code] = new(1003, FaultCode.UnsupportedMediaType, Planned: false),
        [Normal.Code] = new(1000, FaultCode.Unavailable, Planned: false),
    }.ToFrozenDictionary();

    /// <summary>The close code of a WebSocket.</summary>
    public static int WebSocketCode(this CloseReason reason) => RowOf(reason).WebSocket;

    /// <summary>Does a <c>closing</c> frame come before the end?</summary>
    public static bool IsPlanned(this CloseReason reason) => RowOf(reason).Planned;

    /// <summary>The problem that a request gets whose session ended before it was answered.</summary>
    public static Fault ToFault(this CloseReason reason) => new(RowOf(reason).Http, reason.Text);

    private static Row RowOf(CloseReason reason) => Table.GetValueOrDefault(reason.Code) ?? Table[CloseReason.Internal.Code];

    private sealed record Row(int WebSocket, FaultCode Http, bool Planned);
}
