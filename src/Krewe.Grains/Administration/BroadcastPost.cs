using System.Collections.Immutable;
using Krewe.Core;
using Krewe.Core.Addresses;
using Krewe.Core.Administration;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using Krewe.Core.Users;
using Microsoft.Extensions.Options;

namespace Krewe.Grains.Administration;

/// <summary>Puts a broadcast into mailboxes, each once: a message of the server's own address whose id is the broadcast's.</summary>
internal sealed class BroadcastPost(UserGrains users, IOptions<DomainOptions> domain, TimeProvider time)
{
    private const int AtOnce = 16;

    // A silo that died is declared dead within three seconds; a database that restarts is back within ten.
    private static readonly TimeSpan[] Pauses =
        [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(16)];

    private readonly Jid _from = Jid.FromCanonical(domain.Value.Domain);

    /// <summary>What became of each.</summary>
    public async Task<BroadcastEnd[]> SendAsync(BroadcastOrder order, DateTimeOffset sentAt, ImmutableArray<Jid> to, CancellationToken cancellationToken)
    {
        var ends = new BroadcastEnd[to.Length];
        var next = 0;
        async Task WorkAsync()
        {
            while (next < to.Length)
            {
                var mine = next++;
                ends[mine] = await SendAsync(order, sentAt, to[mine], cancellationToken);
            }
        }
        await Task.WhenAll(Enumerable.Range(0, Math.Min(AtOnce, to.Length)).Select(_ => WorkAsync()));
        return ends;
    }

    private async Task<BroadcastEnd> SendAsync(BroadcastOrder order, DateTimeOffset sentAt, Jid to, CancellationToken cancellationToken)
    {
        var item = new MailboxItem
        {
            Seq = 0,
            Kind = ItemKind.Message,
            Id = $"broadcast-{order.Id}",
            From = _from,
            To = to,
            SentAt = sentAt,
            Body = order.Body,
            Hints = order.Sounds ? PushHints.None : PushHints.Silent,
        };
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var outcome = (await users.Get<IMailboxGrain>(to).DeliverAsync([item]))[0];
                if (outcome.Fault is not { } fault) return BroadcastEnd.Reached;
                if (fault.Code is not (FaultCode.Unavailable or FaultCode.RateLimited)) return BroadcastEnd.PassedOver;
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException)
            {
                // The mailbox's silo is away: it comes up elsewhere.
            }
            if (attempt == Pauses.Length) return BroadcastEnd.Failed;
            await Task.Delay(Pauses[attempt], time, cancellationToken);
        }
    }
}

internal enum BroadcastEnd
{
    Reached,
    PassedOver,
    Failed,
}
