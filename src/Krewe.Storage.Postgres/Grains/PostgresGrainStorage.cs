using Krewe.Storage.Postgres.Database;
using Npgsql;
using Orleans.Serialization.Serializers;
using Orleans.Storage;
using static Krewe.Storage.Postgres.Database.Statements;

namespace Krewe.Storage.Postgres.Grains;

/// <summary>Orleans' persistent grain state on the same connections as the mailboxes.</summary>
internal sealed class PostgresGrainStorage(PostgresStore store, IGrainStorageSerializer serializer, IActivatorProvider activators) : IGrainStorage
{
    private const string ReadSql = "select etag, payload from krewe_grains where grain_id = $1 and state_name = $2";
    private const string InsertSql = "insert into krewe_grains (grain_id, state_name, etag, payload) values ($1, $2, $3, $4) on conflict (grain_id, state_name) do nothing";
    private const string UpdateSql = "update krewe_grains set etag = $3, payload = $4 where grain_id = $1 and state_name = $2 and etag = $5";
    private const string DeleteSql = "delete from krewe_grains where grain_id = $1 and state_name = $2 and etag = $3";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (await ReadAsync(stateName, grainId).ConfigureAwait(false) is not var (etag, payload))
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) = (activators.GetActivator<T>().Create(), null!, false);
            return;
        }
        (grainState.State, grainState.ETag, grainState.RecordExists) = (serializer.Deserialize<T>(BinaryData.FromBytes(payload)), etag, true);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // Not a counter: a state that was cleared and written again must not repeat an ETag.
        var etag = Guid.NewGuid().ToString("N")[..16];
        var payload = serializer.Serialize(grainState.State).ToArray();
        var known = Known(grainState);
        NpgsqlParameter[] values = [Value(grainId.ToString()), Value(stateName), Value(etag), Value(payload)];
        var rows = known is null
            ? await ExecuteAsync(InsertSql, values).ConfigureAwait(false)
            : await ExecuteAsync(UpdateSql, [.. values, Value(known)]).ConfigureAwait(false);
        if (rows == 0)
            throw await InconsistentAsync(stateName, grainId, known).ConfigureAwait(false);
        (grainState.ETag, grainState.RecordExists) = (etag, true);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var known = Known(grainState);
        if (known is null)
        {
            if (await ReadAsync(stateName, grainId).ConfigureAwait(false) is not null)
                throw await InconsistentAsync(stateName, grainId, known).ConfigureAwait(false);
        }
        else if (await ExecuteAsync(DeleteSql, [Value(grainId.ToString()), Value(stateName), Value(known)]).ConfigureAwait(false) == 0)
        {
            throw await InconsistentAsync(stateName, grainId, known).ConfigureAwait(false);
        }
        (grainState.State, grainState.ETag, grainState.RecordExists) = (activators.GetActivator<T>().Create(), null!, false);
    }

    private Task<(string ETag, byte[] Payload)?> ReadAsync(string stateName, GrainId grainId) => store.Database.RunAsync((stateName, grainId), static async (connection, q, cancel) =>
    {
        await using var command = connection.Command(ReadSql, Value(q.grainId.ToString()), Value(q.stateName));
        await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        return await reader.ReadAsync(cancel).ConfigureAwait(false) ? (reader.GetString(0), reader.GetFieldValue<byte[]>(1)) : ((string, byte[])?)null;
    }, CancellationToken.None);

    private Task<int> ExecuteAsync(string sql, NpgsqlParameter[] values) => store.Database.RunAsync((sql, values), static async (connection, q, cancel) =>
    {
        await using var command = connection.Command(q.sql, q.values);
        return await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }, CancellationToken.None);

    private async Task<InconsistentStateException> InconsistentAsync(string stateName, GrainId grainId, string? known) =>
        new("The stored state is not the one that was read.", (await ReadAsync(stateName, grainId).ConfigureAwait(false))?.ETag ?? "", known ?? "");

    private static string? Known<T>(IGrainState<T> state) => string.IsNullOrEmpty(state.ETag) ? null : state.ETag;
}
