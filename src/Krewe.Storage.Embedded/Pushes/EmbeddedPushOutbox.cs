using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Mailboxes;
using Krewe.Core.Push;
using RocksDbSharp;

namespace Krewe.Storage.Embedded.Pushes;

/// <summary>The push outbox of a single silo. Reads and claims run on the caller's thread, writes go through the store's writer.</summary>
internal sealed class EmbeddedPushOutbox(EmbeddedStore store, PushLedger ledger, TimeProvider time) : IPushOutbox
{
    // One reader of the indexes at a time, as their floors ask for. Never taken by the writer's thread.
    private readonly Lock _claiming = new();

    public event Action? Changed;

    public void RaiseChanged() => Changed?.Invoke();

    public ValueTask<ImmutableArray<PendingPush>> ClaimAsync(
        IReadOnlySet<PushPlatform> platforms, DateTimeOffset now, int limit, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(platforms);
        return Read(reader =>
        {
            lock (_claiming)
            {
                ledger.EndLeases(now);
                return Claim(reader, platforms, now, limit, now + lease);
            }
        });
    }

    public ValueTask<DateTimeOffset?> NextDueAsync(IReadOnlySet<PushPlatform> platforms, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(platforms);
        return Read(reader =>
        {
            lock (_claiming)
            {
                var next = ledger.NextLeaseEnd(platforms);
                foreach (var platform in platforms)
                {
                    using var walk = reader.Walk(platform, ledger.BeginDue(platform), ledger);
                    if (walk.Current is { } row && !(next <= row.Due))
                    {
                        next = row.Due;
                    }
                    ledger.AdvanceDue(platform, walk.Position);
                }
                return next;
            }
        });
    }

    public Task SettleAsync(PendingPush claimed, PendingPush? next, CancellationToken cancellationToken = default) =>
        store.WriteAsync(new StoreWrite.PushSettle(claimed, next, null, default), cancellationToken);

    public Task SetAsideAsync(PendingPush claimed, string reason, CancellationToken cancellationToken = default) =>
        store.WriteAsync(new StoreWrite.PushSettle(claimed, null, reason, time.GetUtcNow()), cancellationToken);

    public ValueTask<ImmutableArray<SetAsidePush>> ListSetAsideAsync(int limit, CancellationToken cancellationToken = default) =>
        Read<ImmutableArray<SetAsidePush>>(reader => [.. reader.Asides(limit)]);

    public ValueTask<ImmutableArray<OwnedPush>> ListAsync(Jid owner, CancellationToken cancellationToken = default) =>
        Read<ImmutableArray<OwnedPush>>(reader => [.. reader.Of(owner)]);

    public async Task<bool> SendAgainAsync(Jid owner, string device, CancellationToken cancellationToken = default)
    {
        var write = new StoreWrite.PushAgain(new PushKey(owner, device), time.GetUtcNow());
        await store.WriteAsync(write, cancellationToken).ConfigureAwait(false);
        return write.Found;
    }

    public async Task<bool> DropSetAsideAsync(Jid owner, string device, CancellationToken cancellationToken = default)
    {
        var write = new StoreWrite.PushDrop(new PushKey(owner, device));
        await store.WriteAsync(write, cancellationToken).ConfigureAwait(false);
        return write.Found;
    }

    public ValueTask<ImmutableArray<PushBacklog>> BacklogAsync(CancellationToken cancellationToken = default) => Read(reader =>
    {
        var backlog = ImmutableArray.CreateBuilder<PushBacklog>();
        lock (_claiming)
        {
            foreach (var platform in Enum.GetValues<PushPlatform>())
            {
                var (waiting, aside) = ledger.Counts(platform);
                if (waiting > 0 || aside > 0)
                {
                    backlog.Add(new PushBacklog(platform, waiting, waiting > 0 ? Oldest(reader, platform) : null, aside));
                }
            }
        }
        return backlog.DrainToImmutable();
    });

    private ImmutableArray<PendingPush> Claim(PushReader reader, IReadOnlySet<PushPlatform> platforms, DateTimeOffset now, int limit, DateTimeOffset until)
    {
        var claimed = ImmutableArray.CreateBuilder<PendingPush>();
        List<DueWalk> walks = [];
        try
        {
            foreach (var platform in platforms)
            {
                walks.Add(reader.Walk(platform, ledger.BeginDue(platform), ledger));
            }
            while (claimed.Count < limit && walks.Where(walk => walk.Current?.Due <= now).MinBy(walk => walk.Current!.Due) is { } first)
            {
                claimed.Add(ledger.Claim(first.Current!, first.Position, until));
                first.Next();
            }
            foreach (var walk in walks)
            {
                ledger.AdvanceDue(walk.Platform, walk.Position);
            }
        }
        finally
        {
            walks.ForEach(walk => walk.Dispose());
        }
        return claimed.DrainToImmutable();
    }

    private DateTimeOffset? Oldest(PushReader reader, PushPlatform platform)
    {
        var from = ledger.BeginSince(platform);
        if (reader.First(from, PushKeys.AllSince(platform)) is not { } key)
        {
            ledger.AdvanceSince(platform, PushScan.End(PushKeys.AllSince(platform)));
            return null;
        }
        ledger.AdvanceSince(platform, key);
        return PushKeys.TimeOf(key);
    }

    private ValueTask<T> Read<T>(Func<PushReader, T> read)
    {
        try
        {
            using var lease = store.Host.Rent();
            return new(read(new PushReader(lease.Database, store.Damage)));
        }
        catch (RocksDbException e)
        {
            return ValueTask.FromException<T>(new StoreUnavailableException($"The disk cannot be read: {e.Message}", e));
        }
        catch (StoreUnavailableException e)
        {
            return ValueTask.FromException<T>(e);
        }
    }
}
