using System.Text;
using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Push;
using Npgsql;
using static Krewe.Storage.Postgres.Database.Statements;

namespace Krewe.Storage.Postgres.Pushes;

/// <summary>Whose push it is.</summary>
internal readonly record struct PushKey(Jid Owner, string Device)
{
    public static PushKey Of(PendingPush push) => new(push.Owner, push.Device);

    // A device's name may have characters that PostgreSQL's text has not.
    public byte[] DeviceBytes => Encoding.UTF8.GetBytes(Device);
}

/// <summary>A row of <c>krewe_pushes</c>.</summary>
/// <param name="Push">With its claim; 0: nobody has it in hand.</param>
/// <param name="Until">The end of the claim.</param>
/// <param name="Replaced">The row changed its kind since the claim.</param>
/// <param name="LateDue">When the first one that joined since the claim is due.</param>
/// <param name="LateSince">When that one began to wait.</param>
internal sealed record PushRow(PendingPush Push, DateTimeOffset? Until = null, bool Replaced = false, DateTimeOffset? LateDue = null, DateTimeOffset? LateSince = null)
{
    private const string Columns = "owner, device, kind, seq, platform, due, since, attempts, last_code, claim, until, replaced, late_due, late_since";

    public const string Claimed =
        "p.owner, p.device, p.kind, p.seq, p.platform, p.due, p.since, p.attempts, p.last_code, p.claim, p.until, p.replaced, p.late_due, p.late_since";

    public const string OwnersSql = $"select {Columns} from krewe_pushes where owner = $1 order by device";

    private const string LockSql = $"""
        select {Columns} from krewe_pushes where (owner, device) in (select * from unnest($1, $2)) order by owner, device for update
        """;

    private const string PutSql = $"""
        insert into krewe_pushes ({Columns}, next_at) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        on conflict (owner, device) do update set kind = excluded.kind, seq = excluded.seq, platform = excluded.platform, due = excluded.due, since = excluded.since,
        attempts = excluded.attempts, last_code = excluded.last_code, claim = excluded.claim, until = excluded.until, replaced = excluded.replaced,
        late_due = excluded.late_due, late_since = excluded.late_since, next_at = excluded.next_at
        """;

    private const string DeleteSql = "delete from krewe_pushes p using unnest($1, $2) as n(owner, device) where p.owner = n.owner and p.device = n.device";

    /// <summary>When it may be claimed.</summary>
    private DateTimeOffset NextAt => Until > Push.Due ? Until.Value : Push.Due;

    /// <summary>News for the device.</summary>
    public static PushRow Join(PushRow? row, PendingPush put)
    {
        if (row is null)
            return new PushRow(put with { Claim = 0 });
        var joined = row with { Push = PushMerge.Join(row.Push, put) with { Claim = row.Push.Claim } };
        if (row.Push.Claim == 0)
            return joined;
        return row.Push.Kind != put.Kind ? joined with { Replaced = true }
            : row.LateDue is null ? joined with { LateDue = put.Due, LateSince = put.Since }
            : joined;
    }

    /// <summary>The claim ends.</summary>
    /// <returns>Null: the row goes.</returns>
    public PushRow? Settle(PendingPush claimed, PendingPush? next)
    {
        var late = LateDue is { } due && LateSince is { } since ? Push with { Due = due, Since = since } : null;
        return PushMerge.Settle(Push, claimed, next, Replaced, late) is { } left ? new PushRow(left with { Claim = 0 }) : null;
    }

    /// <summary>Reads rows and keeps them from others until the end of the transaction.</summary>
    public static NpgsqlBatchCommand Lock(IReadOnlyCollection<PushKey> keys) =>
        Statement(LockSql, Texts(keys.Select(key => key.Owner.Text)), Bytes(keys.Select(key => key.DeviceBytes)));

    public static NpgsqlBatchCommand Put(IReadOnlyCollection<PushRow> rows) => Statement(
        PutSql,
        Texts(rows.Select(row => row.Push.Owner.Text)), Bytes(rows.Select(row => PushKey.Of(row.Push).DeviceBytes)), Ints(rows.Select(row => (int)row.Push.Kind)),
        Longs(rows.Select(row => row.Push.Seq)), Ints(rows.Select(row => (int)row.Push.Platform)), Times(rows.Select(row => (DateTimeOffset?)row.Push.Due)),
        Times(rows.Select(row => (DateTimeOffset?)row.Push.Since)), Ints(rows.Select(row => row.Push.Attempts)), Texts(rows.Select(row => Storable(row.Push.LastCode))),
        Longs(rows.Select(row => row.Push.Claim)), Times(rows.Select(row => row.Until)), Flags(rows.Select(row => row.Replaced)),
        Times(rows.Select(row => row.LateDue)), Times(rows.Select(row => row.LateSince)), Times(rows.Select(row => (DateTimeOffset?)row.NextAt)));

    public static NpgsqlBatchCommand Delete(IReadOnlyCollection<PushKey> keys) =>
        Statement(DeleteSql, Texts(keys.Select(key => key.Owner.Text)), Bytes(keys.Select(key => key.DeviceBytes)));

    public static PushRow Read(NpgsqlDataReader reader) => new(
        new PendingPush
        {
            Owner = Jid.FromCanonical(reader.GetString(0)), Device = Encoding.UTF8.GetString(reader.GetFieldValue<byte[]>(1)), Kind = (PushKind)reader.GetInt32(2),
            Seq = reader.GetInt64(3), Platform = (PushPlatform)reader.GetInt32(4), Due = reader.GetFieldValue<DateTimeOffset>(5),
            Since = reader.GetFieldValue<DateTimeOffset>(6), Attempts = reader.GetInt32(7), LastCode = reader.IsDBNull(8) ? null : reader.GetString(8),
            Claim = reader.GetInt64(9),
        },
        Time(reader, 10), reader.GetBoolean(11), Time(reader, 12), Time(reader, 13));

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    // A push service's word, which is nobody's promise to be text.
    private static string? Storable(string? text) => text is null ? null : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');
}
