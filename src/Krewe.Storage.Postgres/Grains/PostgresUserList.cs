using System.Collections.Immutable;
using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Krewe.Storage.Postgres.Database;
using static Krewe.Storage.Postgres.Database.Statements;

namespace Krewe.Storage.Postgres.Grains;

/// <summary>Reads the users' names off the keys of their grain state, along the primary key.</summary>
internal sealed class PostgresUserList(PostgresDatabase database) : IUserList
{
    private const string Sql = "select grain_id from krewe_grains where grain_id > $1 and grain_id < $2 and state_name = $3 order by grain_id limit $4";

    // The first text after all that begin with the prefix: '0' follows '/'.
    private static readonly string End = IUserList.Grain[..^1] + (char)(IUserList.Grain[^1] + 1);

    public async ValueTask<ImmutableArray<Jid>> ListAsync(Jid? after, int limit, CancellationToken cancellationToken = default) =>
        await database.RunAsync((From: IUserList.Grain + after?.Text, Limit: limit), static async (connection, q, cancel) =>
        {
            await using var command = connection.Command(Sql, Value(q.From), Value(End), Value(IUserList.State), Value(q.Limit));
            await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            var users = ImmutableArray.CreateBuilder<Jid>();
            while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                users.Add(Jid.FromCanonical(reader.GetString(0)[IUserList.Grain.Length..]));
            return users.ToImmutable();
        }, cancellationToken).ConfigureAwait(false);
}
