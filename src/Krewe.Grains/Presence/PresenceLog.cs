using Krewe.Core.Addresses;
using Krewe.Core.Contacts;
using Microsoft.Extensions.Logging;

namespace Krewe.Grains.Presence;

internal static partial class PresenceLog
{
    [LoggerMessage(LogLevel.Debug, "Session {SessionId} of {User} ({Device}) is on gateway {Gateway}.")]
    public static partial void SessionOpened(this ILogger logger, string sessionId, Jid user, string device, SiloAddress gateway);

    [LoggerMessage(LogLevel.Debug, "Session {SessionId} of {User} has ended.")]
    public static partial void SessionClosed(this ILogger logger, string sessionId, Jid user);

    [LoggerMessage(LogLevel.Warning, "{Contact} could not be told of the presence of {User}; another attempt: {Again}.")]
    public static partial void PresenceFailed(this ILogger logger, Exception exception, Jid user, Jid contact, bool again);

    [LoggerMessage(LogLevel.Warning, "{Contact} could not be asked for its presence on behalf of {User}.")]
    public static partial void ProbeFailed(this ILogger logger, Exception exception, Jid user, Jid contact);

    [LoggerMessage(LogLevel.Debug, "{Contact} could not be told that {User} is typing.")]
    public static partial void TypingFailed(this ILogger logger, Exception exception, Jid user, Jid contact);

    [LoggerMessage(LogLevel.Warning, "{Stanza} of {User} did not reach {Contact} and is sent again.")]
    public static partial void StanzaFailed(this ILogger logger, Exception? exception, SubscriptionStanza stanza, Jid user, Jid contact);
}
