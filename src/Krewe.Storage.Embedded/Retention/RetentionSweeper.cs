using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Embedded.Database;
using Krewe.Storage.Embedded.Mailboxes;

namespace Krewe.Storage.Embedded.Retention;

/// <summary>Goes through the mailboxes and trims what is older, or more, than is to be kept. In small steps, so that nobody waits for it.</summary>
internal sealed partial class RetentionSweeper : IAsyncDisposable
{
    private const int OwnersAtOnce = 256;
    private const int ItemsAtOnce = 500;
    private const int BytesAtOnce = 1 << 20;

    private readonly DatabaseHost _host;
    private readonly EmbeddedMailboxStore _mailboxes;
    private readonly RetentionOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public RetentionSweeper(DatabaseHost host, EmbeddedMailboxStore mailboxes, RetentionOptions options, ILogger logger, TimeProvider time)
    {
        (_host, _mailboxes, _options, _logger, _time) = (host, mailboxes, options, logger, time);
        _loop = options.MaxAge is null && options.MaxItems is null ? Task.CompletedTask : Task.Run(LoopAsync);
    }

    /// <summary>One pass over all mailboxes.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var trimmed = 0;
        byte[] from = [];
        while (NextOwners(ref from) is { Count: > 0 } owners)
        {
            foreach (var owner in owners)
            {
                cancellationToken.ThrowIfCancellationRequested();
                trimmed += await SweepAsync(owner, cancellationToken).ConfigureAwait(false) ? 1 : 0;
            }
        }
        return trimmed;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task LoopAsync()
    {
        using var timer = new PeriodicTimer(_options.Interval, _time);
        while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
        {
            try
            {
                var trimmed = await SweepAsync(_stop.Token).ConfigureAwait(false);
                LogSwept(trimmed);
            }
            catch (StoreUnavailableException e)
            {
                LogPostponed(e.Message);
            }
        }
    }

    private async Task<bool> SweepAsync(Jid owner, CancellationToken cancellationToken)
    {
        var head = await _mailboxes.OpenAsync(owner, cancellationToken).ConfigureAwait(false);
        var now = _time.GetUtcNow();
        var tooOld = _options.MaxAge is { } age ? now - age : DateTimeOffset.MinValue;
        var tooMany = _options.MaxItems is { } items ? head.Last - items : 0;
        var through = head.First - 1;
        for (var more = true; more;)
        {
            var page = await _mailboxes.ReadAsync(owner, through, ItemsAtOnce, BytesAtOnce, cancellationToken).ConfigureAwait(false);
            more = page.Items.Length > 0;
            foreach (var item in page.Items)
            {
                // A repeated send must be recognised for a day: younger items stay, whatever their number.
                if (item.SentAt >= tooOld && !(item.Seq <= tooMany && item.SentAt < now - RetentionOptions.MinAge))
                {
                    more = false;
                    break;
                }
                through = item.Seq;
            }
        }
        if (through < head.First)
        {
            return false;
        }
        await _mailboxes.TrimAsync(owner, through, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private List<Jid> NextOwners(ref byte[] from)
    {
        using var lease = _host.Rent();
        using var iterator = lease.Database.Db.NewIterator(lease.Database.Columns.Heads);
        var owners = new List<Jid>(OwnersAtOnce);
        for (iterator.Seek(from); iterator.Valid() && owners.Count < OwnersAtOnce; iterator.Next())
        {
            owners.Add(Keys.OwnerOf(iterator.GetKeySpan()));
            from = [.. iterator.GetKeySpan(), 0];
        }
        return owners;
    }

    [LoggerMessage(1, LogLevel.Information, "Retention went through all mailboxes and trimmed {Count} of them.")]
    private partial void LogSwept(int count);

    [LoggerMessage(2, LogLevel.Warning, "Retention is put off to its next interval: {Reason}")]
    private partial void LogPostponed(string reason);
}
