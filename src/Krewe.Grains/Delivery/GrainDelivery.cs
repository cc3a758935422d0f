using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Core.Users;
using Microsoft.Extensions.Logging;

namespace Krewe.Grains.Delivery;

/// <summary>Delivers by grain call, and repeats under the same ids what failed for a reason that passes: a silo that died, a grain that moves.</summary>
internal sealed partial class GrainDelivery(IGrainFactory grains, TimeProvider time, ILogger<GrainDelivery> logger)
{
    // A dead silo is declared dead within a second or two; after that its users come up elsewhere.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    // An answer that asks for a longer wait is the sender's business.
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMilliseconds(250);

    public async Task<ImmutableArray<Outcome<Delivered>>> DeliverAsync(Jid to, ImmutableArray<MailboxItem> items)
    {
        var began = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                var answers = await grains.GetGrain<IMailboxGrain>(to.Text).DeliverAsync(items);
                if (!IsMoving(answers) || time.GetElapsedTime(began) > Patience) return answers;
                LogMoving(to);
            }
            catch (Exception exception) when (IsTransient(exception) && time.GetElapsedTime(began) < Patience)
            {
                LogRepeated(to, items.Length, exception.GetType().Name);
            }
            catch (Exception exception)
            {
                LogFailed(exception, to, items.Length);
                return [.. Enumerable.Repeat(new Outcome<Delivered>(PeerFaults.Unreachable), items.Length)];
            }
            // Spread, so that the senders to one lost silo do not all come at once.
            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), time);
        }
    }

    private static bool IsTransient(Exception exception) =>
        exception is OrleansMessageRejectionException or SiloUnavailableException or TimeoutException;

    private static bool IsMoving(ImmutableArray<Outcome<Delivered>> answers)
    {
        foreach (var answer in answers)
        {
            if (answer.Fault is { Code: FaultCode.Unavailable, RetryAfter: { } wait } && wait <= LongestRetryAfter) return true;
        }
        return false;
    }

    [LoggerMessage(LogLevel.Debug, "The mailbox of {Recipient} is being loaded again; the delivery is repeated.")]
    private partial void LogMoving(Jid recipient);

    [LoggerMessage(LogLevel.Warning, "The delivery of {Items} items to {Recipient} failed ({Reason}) and is repeated.")]
    private partial void LogRepeated(Jid recipient, int items, string reason);

    [LoggerMessage(LogLevel.Error, "{Items} items could not be delivered to {Recipient}; their senders are told to try again.")]
    private partial void LogFailed(Exception exception, Jid recipient, int items);
}
