using Krewe.Core.Addresses;
using Microsoft.Extensions.Logging;

namespace Krewe.Grains.Users;

internal sealed partial class UserGrain
{
    private readonly ILogger _logger;

    [LoggerMessage(LogLevel.Warning, "Another activation of {User} has written to the mailbox; this one leaves.")]
    private partial void LogFenced(Exception exception, Jid user);

    [LoggerMessage(LogLevel.Warning, "Whether the push token of device {Device} of {User} is still its own could not be found out now; nothing is pushed to it before.")]
    private partial void LogTokenNotClaimed(Exception exception, string device, Jid user);

    [LoggerMessage(LogLevel.Debug, "The push token that device {Device} of {User} had is still noted as its own.")]
    private partial void LogTokenNotReleased(Exception exception, string device, Jid user);

    [LoggerMessage(LogLevel.Warning, "The deletion of the account {User} could not be noted in the list of deletions.")]
    private partial void LogDeletionNotListed(Exception exception, Jid user);

    [LoggerMessage(LogLevel.Information, "The account {User} was deleted.")]
    private partial void LogDeleted(Jid user);

    [LoggerMessage(LogLevel.Warning, "The deletion of the account {User} could not be finished now; it goes on when the grain is loaded again.")]
    private partial void LogDeletionPutOff(Exception exception, Jid user);
}
