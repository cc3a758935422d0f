using System.Security.Cryptography;
using System.Text;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Grains.Mailboxes;
using Microsoft.Extensions.Logging;

namespace Krewe.Grains.Delivery;

/// <summary>Sends the receipts that acks made, range by range, until none is left. What was sent before a crash goes out again under the same ids.</summary>
/// <param name="isBlocked">Whoever the user blocks learns nothing about the user.</param>
internal sealed partial class ReceiptSender(Mailbox mailbox, MessageSender sender, Func<Jid, bool> isBlocked, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;

    /// <summary>Sends what there is, unless that is being done already.</summary>
    public void Start()
    {
        if (_running.IsCompleted && mailbox.State.Receipts.Count > 0 && !_stopped.Task.IsCompleted) _running = RunAsync();
    }

    public void Stop() => _stopped.TrySetResult();

    private async Task RunAsync()
    {
        var pause = FirstPause;
        while (!_stopped.Task.IsCompleted)
        {
            try
            {
                if (await mailbox.NextReceiptsAsync() is not { } range) return;
                if (await SendAsync(range))
                {
                    mailbox.ReceiptsSent(range);
                    pause = FirstPause;
                    continue;
                }
            }
            catch (MailboxFencedException)
            {
                // The next activation goes on with them.
                return;
            }
            catch (Exception exception)
            {
                LogPutOff(exception, mailbox.Owner);
            }
            await _stopped.Task.WaitAsync(pause, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>False if some sender could not be reached.</summary>
    private async Task<bool> SendAsync(ReceiptRange range)
    {
        var senders = await mailbox.ReadSendersAsync(range);
        var parcels = new List<ReceiptParcel>(senders.Count);
        var now = mailbox.NextSentAt();
        foreach (var (author, ids) in senders)
        {
            // The server's own address, of a broadcast, reads no receipts.
            if (author.Local.IsEmpty || isBlocked(author)) continue;
            var receipt = new MailboxItem
            {
                Seq = 0,
                Kind = range.Read ? ItemKind.Read : ItemKind.Delivered,
                Id = $"{range.ChunkId}-{Mark(ids[^1])}",
                From = mailbox.Owner,
                To = author,
                SentAt = now,
                Ids = ids.DrainToImmutable(),
            };
            parcels.Add(sender.SendReceipt(receipt));
        }
        var complete = true;
        foreach (var parcel in parcels)
        {
            await parcel.Done.Task;
            // Unknown by now, or blocking: nobody waits for this receipt.
            complete &= parcel.Answer.Fault is not { Code: FaultCode.Unavailable };
        }
        return complete;
    }

    /// <summary>After a restore from a backup the same numbers mean other messages; their receipts must not pass for the old ones.</summary>
    private static string Mark(string messageId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(messageId)).AsSpan(0, 4));

    [LoggerMessage(LogLevel.Warning, "The receipts of {User} could not be sent now and are tried again.")]
    private partial void LogPutOff(Exception exception, Jid user);
}
