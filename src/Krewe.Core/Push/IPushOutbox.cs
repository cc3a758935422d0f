using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Devices;

namespace Krewe.Core.Push;

/// <summary>The devices that are to be told something. Rows come in by <c>MailboxCommit.Pushes</c>; implementations pass the suite <c>PushOutboxContract</c>.</summary>
public interface IPushOutbox
{
    /// <summary>Takes rows that are due, the longest due first; nobody else gets them before the lease is over or they are settled. Survives a restart:
    /// a claimed row of a dead process is claimed again after its lease.</summary>
    /// <param name="platforms">Only rows of these.</param>
    ValueTask<ImmutableArray<PendingPush>> ClaimAsync(
        IReadOnlySet<PushPlatform> platforms, DateTimeOffset now, int limit, TimeSpan lease, CancellationToken cancellationToken = default);

    /// <summary>When the next row is due; null if none waits. Lets a worker sleep until then; <see cref="Changed"/> wakes it earlier.</summary>
    ValueTask<DateTimeOffset?> NextDueAsync(IReadOnlySet<PushPlatform> platforms, CancellationToken cancellationToken = default);

    /// <summary>Raised when a commit on this silo put or moved a row. May be raised too often.</summary>
    event Action? Changed;

    /// <summary>Ends a claim. A row whose <see cref="PendingPush.Seq"/> has risen since the claim stays, due as <paramref name="next"/> says or at once.</summary>
    /// <param name="next">What the row becomes; null takes it away.</param>
    Task SettleAsync(PendingPush claimed, PendingPush? next, CancellationToken cancellationToken = default);

    /// <summary>Ends a claim and keeps the row apart for the operator.</summary>
    Task SetAsideAsync(PendingPush claimed, string reason, CancellationToken cancellationToken = default);

    /// <summary>Rows that were set aside, the newest first.</summary>
    ValueTask<ImmutableArray<SetAsidePush>> ListSetAsideAsync(int limit, CancellationToken cancellationToken = default);

    /// <summary>Puts a row that was set aside back to be sent now. False if there is none.</summary>
    Task<bool> SendAgainAsync(Jid owner, string device, CancellationToken cancellationToken = default);

    /// <summary>Takes away a row that was set aside. False if there is none.</summary>
    Task<bool> DropSetAsideAsync(Jid owner, string device, CancellationToken cancellationToken = default);

    /// <summary>How many rows wait.</summary>
    ValueTask<long> CountAsync(CancellationToken cancellationToken = default);
}

/// <summary>A push that could not be sent and is not tried any more.</summary>
public sealed record SetAsidePush(PendingPush Pending, string Reason, DateTimeOffset At);
