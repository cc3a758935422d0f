using Krewe.Core.Mailboxes;
using Krewe.Storage.Embedded.Database;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Krewe.Storage.Embedded.Grains;

/// <summary>Orleans' persistent grain state in the same database and through the same writer as the mailboxes.</summary>
internal sealed class EmbeddedGrainStorage(EmbeddedStore store, IGrainStorageSerializer serializer, IActivatorProvider activators) : IGrainStorage
{
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var text = grainId.ToString();
        var key = Keys.GrainState(stateName, text);
        byte[]? row;
        using (var lease = store.Host.Rent())
        {
            row = lease.Database.Get(key, lease.Database.Columns.Grains);
        }
        if (row is null)
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) = (activators.GetActivator<T>().Create(), null!, false);
            return Task.CompletedTask;
        }
        if (!GrainRow.TryOpen(key, row, out var etag, out var payload))
        {
            // An empty state in its place would be served, and written back, as if it were the truth.
            store.Damage.ReportGrainState(stateName, text);
            throw new StoreUnavailableException($"The state {stateName} of {text} is damaged on disk; restore the store from a backup.");
        }
        (grainState.State, grainState.ETag, grainState.RecordExists) = (serializer.Deserialize<T>(BinaryData.FromBytes(payload.ToArray())), etag, true);
        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var etag = GrainRow.NewETag();
        var payload = serializer.Serialize(grainState.State).ToArray();
        await store.WriteAsync(new StoreWrite.GrainState(Keys.GrainState(stateName, grainId.ToString()), Known(grainState), etag, payload)).ConfigureAwait(false);
        (grainState.ETag, grainState.RecordExists) = (etag, true);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await store.WriteAsync(new StoreWrite.GrainState(Keys.GrainState(stateName, grainId.ToString()), Known(grainState), "", null)).ConfigureAwait(false);
        (grainState.State, grainState.ETag, grainState.RecordExists) = (activators.GetActivator<T>().Create(), null!, false);
    }

    private static string? Known<T>(IGrainState<T> state) => string.IsNullOrEmpty(state.ETag) ? null : state.ETag;
}
