using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Postgres.Database;
using Npgsql;
using static Krewe.Storage.Postgres.Database.Statements;

namespace Krewe.Storage.Postgres.Mailboxes;

/// <summary>The reads of mailboxes, each one statement and so of one moment.</summary>
internal sealed partial class MailboxReader(PostgresDatabase database, PostgresStorageMetrics metrics, ILogger logger)
{
    private const string HeadSql = "select first_seq, last_seq, state, revision from krewe_mailboxes where owner = $1";

    // The sum stops what is sent at the bound, and octet_length does not fetch what is stored apart.
    private const string SliceSql = """
        select m.first_seq, i.seq, i.item from krewe_mailboxes m left join lateral (
          select n.seq, n.item, sum(octet_length(n.item)) over (order by n.seq) as bytes, octet_length(n.item) as own from (
            select seq, item from krewe_items where owner = $1 and seq > $2 order by seq limit $3) n) i
        on i.bytes <= $4 or i.bytes = i.own where m.owner = $1 order by i.seq
        """;

    private const string PeerSql = "select seq, item from krewe_items where owner = $1 and peer_key = $2 and seq < $3 order by seq desc limit $4";

    private const string FindSql = "select seq, item from krewe_items where owner = $1 and id_key = $2 order by seq desc";

    private static readonly MailboxHead Empty = new(1, 0, null);

    public Task<MailboxHead> HeadAsync(Jid owner, CancellationToken cancellationToken) => database.RunAsync(owner, static async (connection, owner, cancel) =>
    {
        await using var command = connection.Command(HeadSql, Value(owner.Text));
        await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        return await reader.ReadAsync(cancel).ConfigureAwait(false)
            ? new MailboxHead(reader.GetInt64(0), reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2), reader.GetInt64(3))
            : Empty;
    }, cancellationToken);

    public Task<MailboxSlice> SliceAsync(Jid owner, long after, int limit, int maxBytes, CancellationToken cancellationToken) =>
        database.RunAsync((Self: this, owner, after, limit, maxBytes), static async (connection, q, cancel) =>
        {
            await using var command = connection.Command(SliceSql, Value(q.owner.Text), Value(q.after), Value(q.limit), Value(q.maxBytes));
            await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            var items = ImmutableArray.CreateBuilder<MailboxItem>();
            var first = 1L;
            while (await reader.ReadAsync(cancel).ConfigureAwait(false))
            {
                first = reader.GetInt64(0);
                if (reader.IsDBNull(1))
                    break;
                var seq = reader.GetInt64(1);
                // A row that is not there where the numbers say so was lost; the numbers have no gap.
                for (var lost = Math.Max(q.after + 1, first) + items.Count; lost < seq && items.Count < q.limit; lost++)
                    items.Add(q.Self.Damaged(q.owner, lost));
                if (items.Count < q.limit)
                    items.Add(q.Self.Decode(q.owner, seq, reader.GetFieldValue<byte[]>(2)));
            }
            return new MailboxSlice(items.DrainToImmutable(), first);
        }, cancellationToken);

    public Task<ImmutableArray<MailboxItem>> PeerAsync(Jid owner, Jid peer, long before, int limit, CancellationToken cancellationToken) =>
        database.RunAsync((Self: this, owner, peer, before, limit), static async (connection, q, cancel) =>
        {
            var items = ImmutableArray.CreateBuilder<MailboxItem>();
            var before = q.before;
            // As a rule once: only a row that is damaged, or whose peer has the same hash, leaves room.
            for (var more = q.limit > 0; more;)
            {
                var wanted = q.limit - items.Count;
                var rows = await q.Self.RowsAsync(connection.Command(PeerSql, Value(q.owner.Text), Value(ItemRow.PeerKeyOf(q.peer)), Value(before), Value(wanted)), q.owner, cancel)
                    .ConfigureAwait(false);
                items.AddRange(rows.Where(item => item.Kind == ItemKind.Message && item.PeerOf(q.owner) == q.peer));
                more = rows.Count == wanted && items.Count < q.limit;
                before = rows.Count > 0 ? rows[^1].Seq : before;
            }
            return items.DrainToImmutable();
        }, cancellationToken);

    public Task<MailboxItem?> FindAsync(Jid owner, Jid from, string id, CancellationToken cancellationToken) =>
        database.RunAsync((Self: this, owner, from, id), static async (connection, q, cancel) =>
        {
            var rows = await q.Self.RowsAsync(connection.Command(FindSql, Value(q.owner.Text), Value(ItemRow.IdKeyOf(q.from, q.id))), q.owner, cancel).ConfigureAwait(false);
            return rows.Find(item => item.From == q.from && item.Id == q.id)
                // Its key says that it is the one; nobody must take the id for a new one.
                ?? (rows.Find(item => item.Kind == ItemKind.Damaged) is { } damaged ? damaged with { From = q.from, Id = q.id } : null);
        }, cancellationToken);

    private async Task<List<MailboxItem>> RowsAsync(NpgsqlCommand command, Jid owner, CancellationToken cancellationToken)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var items = new List<MailboxItem>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                items.Add(Decode(owner, reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)));
            return items;
        }
    }

    private MailboxItem Decode(Jid owner, long seq, byte[] row) => ItemCodec.TryRead(owner, seq, row, out var item) == ItemReadResult.Read ? item : Damaged(owner, seq);

    private MailboxItem Damaged(Jid owner, long seq)
    {
        metrics.RowDamaged();
        LogDamaged(owner, seq);
        return MailboxItem.Damaged(owner, seq);
    }

    [LoggerMessage(1, LogLevel.Error, "Damaged in the mailbox of {Owner}: item {Seq}. It is not served; check the database, and restore a backup if it matters.")]
    private partial void LogDamaged(Jid owner, long seq);
}
