using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;

namespace Krewe.Grains.Tests.Cluster;

/// <summary>A real store whose commits wait or fail where a test says so.</summary>
internal sealed class HookedStore(IMailboxStore inner) : IMailboxStore
{
    public Func<MailboxCommit, Task>? Before { get; set; }

    public Func<MailboxCommit, Task>? After { get; set; }

    public bool Away { get; set; }

    public ValueTask<MailboxHead> OpenAsync(Jid owner, CancellationToken cancellationToken = default)
    {
        ThrowIfAway();
        return inner.OpenAsync(owner, cancellationToken);
    }

    public Task CommitAsync(MailboxCommit commit, CancellationToken cancellationToken = default)
    {
        ThrowIfAway();
        return Before is null && After is null ? inner.CommitAsync(commit, cancellationToken) : HookedAsync(commit, cancellationToken);
    }

    public ValueTask<MailboxSlice> ReadAsync(Jid owner, long after, int limit, int maxBytes, CancellationToken cancellationToken = default)
    {
        ThrowIfAway();
        return inner.ReadAsync(owner, after, limit, maxBytes, cancellationToken);
    }

    public ValueTask<ImmutableArray<MailboxItem>> ReadPeerAsync(Jid owner, Jid peer, long before, int limit, CancellationToken cancellationToken = default) =>
        inner.ReadPeerAsync(owner, peer, before, limit, cancellationToken);

    public ValueTask<MailboxItem?> FindAsync(Jid owner, Jid from, string id, CancellationToken cancellationToken = default)
    {
        ThrowIfAway();
        return inner.FindAsync(owner, from, id, cancellationToken);
    }

    public Task TrimAsync(Jid owner, long through, CancellationToken cancellationToken = default) => inner.TrimAsync(owner, through, cancellationToken);

    public Task DeleteAsync(Jid owner, CancellationToken cancellationToken = default)
    {
        ThrowIfAway();
        return inner.DeleteAsync(owner, cancellationToken);
    }

    private async Task HookedAsync(MailboxCommit commit, CancellationToken cancellationToken)
    {
        if (Before is { } before) await before(commit);
        await inner.CommitAsync(commit, cancellationToken);
        if (After is { } after) await after(commit);
    }

    private void ThrowIfAway()
    {
        if (Away) throw new StoreUnavailableException("The store is away.");
    }
}
