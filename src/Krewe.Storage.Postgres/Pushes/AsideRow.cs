using Krewe.Core.Push;
using Npgsql;
using static Krewe.Storage.Postgres.Database.Statements;

namespace Krewe.Storage.Postgres.Pushes;

/// <summary>Writes rows of <c>krewe_pushes_aside</c>.</summary>
internal static class AsideRow
{
    private const string PutSql = """
        insert into krewe_pushes_aside (owner, device, platform, at, push) select * from unnest($1, $2, $3, $4, $5)
        on conflict (owner, device) do update set platform = excluded.platform, at = excluded.at, push = excluded.push
        """;

    public static NpgsqlBatchCommand Put(IReadOnlyCollection<SetAsidePush> rows) => Statement(
        PutSql,
        Texts(rows.Select(row => row.Pending.Owner.Text)), Bytes(rows.Select(row => PushKey.Of(row.Pending).DeviceBytes)), Ints(rows.Select(row => (int)row.Pending.Platform)),
        Times(rows.Select(row => (DateTimeOffset?)row.At)), Bytes(rows.Select(PendingPushCodec.Write)));
}
