using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;

namespace Krewe.Grains.Tests;

/// <summary>Mailboxes in memory, with the store's contract, that wait or fail where a test says so.</summary>
internal sealed class FakeMailboxStore : IMailboxStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Jid, Box> _boxes = [];

    /// <summary>Awaited before a commit takes effect: what it throws kept the commit from happening.</summary>
    public Func<MailboxCommit, Task>? Before { get; set; }

    /// <summary>Awaited after a commit took effect: what it throws leaves the caller in doubt.</summary>
    public Func<MailboxCommit, Task>? After { get; set; }

    /// <summary>Awaited before any look-up or reading.</summary>
    public Func<Task>? BeforeRead { get; set; }

    public int Commits { get; private set; }

    public IReadOnlyList<MailboxItem> Items(Jid owner)
    {
        lock (_lock) return _boxes.TryGetValue(owner, out var box) ? [.. box.Items] : [];
    }

    /// <summary>The rows of the push outbox.</summary>
    public IReadOnlyList<PendingPush> Pushes(Jid owner)
    {
        lock (_lock) return _boxes.TryGetValue(owner, out var box) ? [.. box.Pushes.Values] : [];
    }

    public async ValueTask<MailboxHead> OpenAsync(Jid owner, CancellationToken cancellationToken = default)
    {
        if (BeforeRead is { } wait) await wait();
        lock (_lock) return _boxes.TryGetValue(owner, out var box) ? new(box.First, box.Last, box.State, box.Revision) : new(1, 0, null);
    }

    public Task CommitAsync(MailboxCommit commit, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var box = Box(commit.Owner);
            return box.Turn = ApplyAsync(box.Turn, box, commit);
        }
    }

    public async ValueTask<MailboxSlice> ReadAsync(Jid owner, long after, int limit, int maxBytes, CancellationToken cancellationToken = default)
    {
        if (BeforeRead is { } wait) await wait();
        lock (_lock)
        {
            var box = Box(owner);
            var bytes = 0;
            var items = box.Items.Where(item => item.Seq > after).Take(limit)
                .TakeWhile((item, i) => (bytes += item.Body?.Length ?? 0) <= maxBytes || i == 0);
            return new MailboxSlice([.. items], box.First);
        }
    }

    public ValueTask<ImmutableArray<MailboxItem>> ReadPeerAsync(Jid owner, Jid peer, long before, int limit, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var items = Box(owner).Items.Where(item => item.Kind == ItemKind.Message && item.PeerOf(owner) == peer && item.Seq < before);
            return new([.. items.Reverse().Take(limit)]);
        }
    }

    public async ValueTask<MailboxItem?> FindAsync(Jid owner, Jid from, string id, CancellationToken cancellationToken = default)
    {
        if (BeforeRead is { } wait) await wait();
        lock (_lock) return Box(owner).Items.Find(item => item.From == from && item.Id == id);
    }

    public Task TrimAsync(Jid owner, long through, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var box = Box(owner);
            box.Items.RemoveAll(item => item.Seq <= through);
            box.First = through + 1;
            return Task.CompletedTask;
        }
    }

    public Task DeleteAsync(Jid owner, CancellationToken cancellationToken = default)
    {
        lock (_lock) _boxes.Remove(owner);
        return Task.CompletedTask;
    }

    private async Task ApplyAsync(Task before, Box box, MailboxCommit commit)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Before is { } wait) await wait(commit);
        lock (_lock)
        {
            if (!commit.Items.IsEmpty && commit.Items[0].Seq != box.Last + 1) throw new MailboxFencedException(commit.Owner, commit.Items[0].Seq);
            if (commit is { State: not null, Revision: { } revision } && revision != box.Revision + 1) throw new MailboxFencedException(commit.Owner, box.Last + 1);
            box.Items.AddRange(commit.Items);
            box.Last += commit.Items.Length;
            foreach (var (device, pending) in commit.Pushes)
            {
                if (pending is null) box.Pushes.Remove(device);
                else box.Pushes[device] = PushMerge.Join(box.Pushes.GetValueOrDefault(device), pending);
            }
            if (commit.State is { } state) (box.State, box.Revision) = (state, box.Revision + 1);
            Commits++;
        }
        if (After is { } fail) await fail(commit);
    }

    private Box Box(Jid owner) => _boxes.TryGetValue(owner, out var box) ? box : _boxes[owner] = new Box();
}

internal sealed class Box
{
    public List<MailboxItem> Items { get; } = [];
    public long First { get; set; } = 1;
    public long Last { get; set; }
    public byte[]? State { get; set; }
    public SortedDictionary<string, PendingPush> Pushes { get; } = [];
    public long Revision { get; set; }
    public Task Turn { get; set; } = Task.CompletedTask;
}
