using System.Collections.Frozen;
using Krewe.Core.Connections;
using Krewe.Protocols.Xmpp.Streams;

namespace Krewe.Gateway.Xmpp.Streams;

/// <summary>Why a connection ends, in the words of XMPP (RFC 6120, section 4.9.3).</summary>
internal static class StreamReasons
{
    public static readonly CloseReason LoginTimeout = new("login-timeout", "The client did not log in in time.", true);

    private static readonly FrozenDictionary<string, StreamCondition> Table = new Dictionary<string, StreamCondition>
    {
        [CloseReason.Drain.Code] = StreamCondition.SystemShutdown,
        [CloseReason.SlowConsumer.Code] = StreamCondition.ResourceConstraint,
        [CloseReason.SignedOut.Code] = StreamCondition.NotAuthorized,
        [CloseReason.TokenExpired.Code] = StreamCondition.NotAuthorized,
        [CloseReason.AccountDeleted.Code] = StreamCondition.NotAuthorized,
        [CloseReason.ProtocolError.Code] = StreamCondition.PolicyViolation,
        [CloseReason.TooLarge.Code] = StreamCondition.PolicyViolation,
        [CloseReason.RateLimited.Code] = StreamCondition.PolicyViolation,
        [CloseReason.Replaced.Code] = StreamCondition.Conflict,
        [CloseReason.Internal.Code] = StreamCondition.InternalServerError,
        [CloseReason.CursorExpired.Code] = StreamCondition.Reset,
        [LoginTimeout.Code] = StreamCondition.ConnectionTimeout,
    }.ToFrozenDictionary();

    /// <summary>Null: the stream just ends.</summary>
    public static StreamError? ErrorOf(CloseReason reason) =>
        Table.TryGetValue(reason.Code, out var condition) ? new StreamError(condition, reason.Text) : null;

    /// <summary>Is there nobody left to say goodbye to?</summary>
    public static bool IsSilent(CloseReason reason) => reason == CloseReason.ClientGone || reason == CloseReason.SlowConsumer;
}
