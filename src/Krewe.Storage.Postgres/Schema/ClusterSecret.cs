using System.Security.Cryptography;
using Krewe.Core.Accounts;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Postgres.Database;

namespace Krewe.Storage.Postgres.Schema;

/// <summary>The secret as a row that the first silo makes.</summary>
internal sealed class ClusterSecret : IClusterSecret
{
    private const int Length = 32;
    private byte[]? _key;

    public ReadOnlyMemory<byte> Key => _key ?? throw new StoreUnavailableException("The store is not open yet.");

    /// <exception cref="StoreStartException">The row is not a secret.</exception>
    public async Task LoadAsync(PostgresDatabase database, CancellationToken cancellationToken)
    {
        var key = await database.RunAsync(RandomNumberGenerator.GetBytes(Length), static async (connection, mine, cancel) =>
        {
            await using var insert = connection.Command("insert into krewe_secret (id, secret) values (1, $1) on conflict (id) do nothing", Statements.Value(mine));
            await insert.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
            await using var select = connection.Command("select secret from krewe_secret where id = 1");
            return await select.ExecuteScalarAsync(cancel).ConfigureAwait(false) as byte[];
        }, cancellationToken).ConfigureAwait(false);
        if (key is not { Length: Length })
            throw new StoreStartException($"The row in krewe_secret is damaged: it has {key?.Length ?? 0} bytes instead of {Length}. Restore it from a backup; or delete it, which signs everybody out.");
        _key = key;
    }
}
