using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Devices;

namespace Krewe.Core.Push;

/// <summary>The devices that are to be told something. Rows come in by <c>MailboxCommit.Pushes</c>; implementations pass the suite <c>PushOutboxContract</c>.</summary>
public interface IPushOutbox
{
    /// <summary>Takes rows that are due, the longest due first; nobody else gets them before the lease is over or they are settled. A claimed row of a
    /// process that died is claimed again after its lease at the latest.</summary>
    /// <param name="platforms">Only rows of these.</param>
    ValueTask<ImmutableArray<PendingPush>> ClaimAsync(
        IReadOnlySet<PushPlatform> platforms, DateTimeOffset now, int limit, TimeSpan lease, CancellationToken cancellationToken = default);

    /// <summary>When the next row is due; null if none waits. Lets a worker sleep until then; <see cref="Changed"/> wakes it earlier.</summary>
    ValueTask<DateTimeOffset?> NextDueAsync(IReadOnlySet<PushPlatform> platforms, CancellationToken cancellationToken = default);

    /// <summary>Raised when a commit on this silo put or moved a row. May be raised too often.</summary>
    event Action? Changed;

    /// <summary>Ends a claim. What became of the row meanwhile is not lost: see <see cref="PushMerge.Settle"/>. Does nothing if the row is gone or another worker has claimed it since.</summary>
    /// <param name="claimed">The row as it was claimed; a raised <see cref="PendingPush.Seq"/> says that more was dealt with.</param>
    /// <param name="next">What the row becomes; null takes it away.</param>
    Task SettleAsync(PendingPush claimed, PendingPush? next, CancellationToken cancellationToken = default);

    /// <summary>Ends a claim and keeps the row apart for the operator, in the place of an older one of the same device.</summary>
    Task SetAsideAsync(PendingPush claimed, string reason, CancellationToken cancellationToken = default);

    /// <summary>Rows that were set aside, the newest first.</summary>
    ValueTask<ImmutableArray<SetAsidePush>> ListSetAsideAsync(int limit, CancellationToken cancellationToken = default);

    /// <summary>One user's rows: those that wait, then those that were set aside.</summary>
    ValueTask<ImmutableArray<OwnedPush>> ListAsync(Jid owner, CancellationToken cancellationToken = default);

    /// <summary>Puts a row that was set aside back to be sent now. False if there is none.</summary>
    Task<bool> SendAgainAsync(Jid owner, string device, CancellationToken cancellationToken = default);

    /// <summary>Takes away a row that was set aside. False if there is none.</summary>
    Task<bool> DropSetAsideAsync(Jid owner, string device, CancellationToken cancellationToken = default);

    /// <summary>What waits, for each platform that has anything.</summary>
    ValueTask<ImmutableArray<PushBacklog>> BacklogAsync(CancellationToken cancellationToken = default);
}

/// <summary>What waits for one push service.</summary>
/// <param name="Waiting">Rows that are to be sent, claimed ones with them.</param>
/// <param name="Oldest">Since when the longest waiting one waits; null if none does.</param>
/// <param name="SetAside">Rows that the operator has to look at.</param>
public sealed record PushBacklog(PushPlatform Platform, long Waiting, DateTimeOffset? Oldest, long SetAside);

/// <summary>A push that could not be sent and is not tried any more.</summary>
public sealed record SetAsidePush(PendingPush Pending, string Reason, DateTimeOffset At);

/// <summary>A row of one user.</summary>
/// <param name="Reason">Why it was set aside; null: it waits.</param>
[GenerateSerializer, Immutable, Alias("krewe.OwnedPush")]
public sealed record OwnedPush([property: Id(0)] PendingPush Pending, [property: Id(1)] string? Reason);
