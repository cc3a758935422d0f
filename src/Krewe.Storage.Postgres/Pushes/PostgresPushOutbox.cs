using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Push;
using Krewe.Storage.Postgres.Commits;
using Krewe.Storage.Postgres.Database;
using Npgsql;
using static Krewe.Storage.Postgres.Database.Statements;

namespace Krewe.Storage.Postgres.Pushes;

/// <summary>The push outbox of a cluster. Any silo's workers take any row; a row whose worker died is taken again when its lease is over.</summary>
internal sealed class PostgresPushOutbox : IPushOutbox, IDisposable
{
    /// <summary>How often all workers look although nobody woke them: what a silo put that then died.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(15);

    private const string ClaimSql = $"""
        with due as (
          select c.owner, c.device from unnest($1) as wanted(platform) cross join lateral (
            select owner, device, next_at from krewe_pushes where platform = wanted.platform and next_at <= $2
            order by next_at limit $3 for update skip locked) c
          order by c.next_at limit $3)
        update krewe_pushes p set claim = $4, until = $5, next_at = greatest(p.due, $5), replaced = false, late_due = null, late_since = null
        from due where p.owner = due.owner and p.device = due.device returning {PushRow.Claimed}
        """;

    private const string NextSql = """
        select min(c.next_at) from unnest($1) as wanted(platform) cross join lateral (
          select next_at from krewe_pushes where platform = wanted.platform order by next_at limit 1) c
        """;

    private const string BacklogSql = """
        select platform, sum(waiting)::bigint, min(oldest), sum(aside)::bigint from (
          select platform, count(*) as waiting, min(since) as oldest, 0 as aside from krewe_pushes group by platform
          union all select platform, 0, null, count(*) from krewe_pushes_aside group by platform) parts
        group by platform order by platform
        """;

    private readonly PostgresDatabase _database;
    private readonly WriterLanes _writers;
    private readonly TimeProvider _time;
    private readonly ITimer _looks;

    public PostgresPushOutbox(PostgresDatabase database, PushNews news, WriterLanes writers, TimeProvider time)
    {
        (_database, _writers, _time) = (database, writers, time);
        news.Came = () => Changed?.Invoke();
        _looks = time.CreateTimer(static news => ((PushNews)news!).Raise(), news, LookInterval, LookInterval);
    }

    public event Action? Changed;

    public async ValueTask<ImmutableArray<PendingPush>> ClaimAsync(
        IReadOnlySet<PushPlatform> platforms, DateTimeOffset now, int limit, TimeSpan lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(platforms);
        return await _database.RunAsync((platforms, now, limit, until: now + lease), static async (connection, q, cancel) =>
        {
            var claim = Random.Shared.NextInt64(1, long.MaxValue);
            await using var command = connection.Command(
                ClaimSql, Ints(q.platforms.Select(platform => (int)platform)), Value(q.now), Value(q.limit), Value(claim), Value(q.until));
            await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            var rows = new List<PendingPush>();
            while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                rows.Add(PushRow.Read(reader).Push);
            // An update returns its rows in no order.
            return rows.OrderBy(row => row.Due).ToImmutableArray();
        }, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<DateTimeOffset?> NextDueAsync(IReadOnlySet<PushPlatform> platforms, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(platforms);
        return await _database.RunAsync(platforms, static async (connection, platforms, cancel) =>
        {
            await using var command = connection.Command(NextSql, Ints(platforms.Select(platform => (int)platform)));
            await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            await reader.ReadAsync(cancel).ConfigureAwait(false);
            return reader.IsDBNull(0) ? (DateTimeOffset?)null : reader.GetFieldValue<DateTimeOffset>(0);
        }, cancellationToken).ConfigureAwait(false);
    }

    public Task SettleAsync(PendingPush claimed, PendingPush? next, CancellationToken cancellationToken = default) =>
        _writers.WriteAsync(new StoreWrite.PushSettle(claimed, next, null, default), cancellationToken);

    public Task SetAsideAsync(PendingPush claimed, string reason, CancellationToken cancellationToken = default) =>
        _writers.WriteAsync(new StoreWrite.PushSettle(claimed, null, reason, _time.GetUtcNow()), cancellationToken);

    public async ValueTask<ImmutableArray<SetAsidePush>> ListSetAsideAsync(int limit, CancellationToken cancellationToken = default) =>
        await _database.RunAsync(limit, static async (connection, limit, cancel) =>
        {
            await using var command = connection.Command("select owner, device, push from krewe_pushes_aside order by at desc limit $1", Value(limit));
            await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            var rows = ImmutableArray.CreateBuilder<SetAsidePush>();
            while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                if (Aside(Jid.FromCanonical(reader.GetString(0)), reader.GetFieldValue<byte[]>(1), reader.GetFieldValue<byte[]>(2)) is { } aside)
                    rows.Add(aside);
            return rows.ToImmutable();
        }, cancellationToken).ConfigureAwait(false);

    public async ValueTask<ImmutableArray<OwnedPush>> ListAsync(Jid owner, CancellationToken cancellationToken = default) =>
        await _database.RunAsync(owner, static async (connection, owner, cancel) =>
        {
            var rows = ImmutableArray.CreateBuilder<OwnedPush>();
            await using (var command = connection.Command(PushRow.OwnersSql, Value(owner.Text)))
            await using (var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                    rows.Add(new OwnedPush(PushRow.Read(reader).Push with { Claim = 0 }, null));
            }
            await using var asides = connection.Command("select device, push from krewe_pushes_aside where owner = $1 order by device", Value(owner.Text));
            await using var set = await asides.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            while (await set.ReadAsync(cancel).ConfigureAwait(false))
                if (Aside(owner, set.GetFieldValue<byte[]>(0), set.GetFieldValue<byte[]>(1)) is { } aside)
                    rows.Add(new OwnedPush(aside.Pending, aside.Reason));
            return rows.ToImmutable();
        }, cancellationToken).ConfigureAwait(false);

    public async Task<bool> SendAgainAsync(Jid owner, string device, CancellationToken cancellationToken = default)
    {
        var found = await _database.RunAsync((Key: new PushKey(owner, device), Now: _time.GetUtcNow()), static async (connection, q, cancel) =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);
            // The head is what all who write for an owner lock.
            await using (var head = connection.Command("select owner from krewe_mailboxes where owner = $1 for update", Value(q.Key.Owner.Text)))
                await head.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
            if (await TakeAsideAsync(connection, q.Key, cancel).ConfigureAwait(false) is not { } aside)
                return false;
            PushRow? row = null;
            await using (var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { PushRow.Lock([q.Key]) } })
            {
                await using var reader = await batch.ExecuteReaderAsync(cancel).ConfigureAwait(false);
                if (await reader.ReadAsync(cancel).ConfigureAwait(false))
                    row = PushRow.Read(reader);
            }
            var put = aside.Pending with { Due = q.Now, Since = q.Now, Attempts = 0, LastCode = null };
            // Whatever waits already is newer; the operator's word ends its back-off.
            var again = PushRow.Join(row, put);
            again = row is null ? again : again with { Push = row.Push with { Due = q.Now, Attempts = 0 } };
            await using (var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { PushRow.Put([again]) } })
                await batch.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
            await transaction.CommitAsync(cancel).ConfigureAwait(false);
            return true;
        }, cancellationToken).ConfigureAwait(false);
        if (found)
            Changed?.Invoke();
        return found;
    }

    public Task<bool> DropSetAsideAsync(Jid owner, string device, CancellationToken cancellationToken = default) =>
        _database.RunAsync(new PushKey(owner, device), static async (connection, key, cancel) =>
            await TakeAsideAsync(connection, key, cancel).ConfigureAwait(false) is not null, cancellationToken);

    public async ValueTask<ImmutableArray<PushBacklog>> BacklogAsync(CancellationToken cancellationToken = default) =>
        await _database.RunAsync(this, static async (connection, _, cancel) =>
        {
            await using var command = connection.Command(BacklogSql);
            await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            var backlog = ImmutableArray.CreateBuilder<PushBacklog>();
            while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                backlog.Add(new PushBacklog(
                    (PushPlatform)reader.GetInt32(0), reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2), reader.GetInt64(3)));
            return backlog.ToImmutable();
        }, cancellationToken).ConfigureAwait(false);

    public void Dispose() => _looks.Dispose();

    private static async Task<SetAsidePush?> TakeAsideAsync(NpgsqlConnection connection, PushKey key, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(
            "delete from krewe_pushes_aside where owner = $1 and device = $2 returning push", Value(key.Owner.Text), Value(key.DeviceBytes));
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is byte[] push ? Aside(key.Owner, key.DeviceBytes, push) : null;
    }

    private static SetAsidePush? Aside(Jid owner, byte[] device, byte[] push) =>
        PendingPushCodec.TryRead(owner, System.Text.Encoding.UTF8.GetString(device), push, out var aside) ? aside : null;
}

/// <summary>Carries the word from the writers to the outbox that there is something to push.</summary>
internal sealed class PushNews
{
    public Action? Came { get; set; }

    public void Raise() => Came?.Invoke();
}
