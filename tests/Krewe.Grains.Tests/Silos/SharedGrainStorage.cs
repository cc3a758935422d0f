using System.Collections.Concurrent;
using Orleans.Serialization;
using Orleans.Storage;

namespace Krewe.Grains.Tests.Silos;

/// <summary>What the silos of a test share as their grain storage: it outlives a silo, checks ETags, and fails where a test says so.</summary>
internal sealed class SharedGrainStorage
{
    private readonly ConcurrentDictionary<string, (string ETag, byte[] Bytes)> _rows = new();
    private int _reads;

    /// <summary>Asked before every write, with the state's name and the user; what it throws kept the write from happening.</summary>
    public Action<string, string>? BeforeWrite { get; set; }

    /// <summary>How often any state was read.</summary>
    public int Reads => _reads;

    public IGrainStorage On(Serializer serializer) => new Provider(this, serializer);

    private sealed class Provider(SharedGrainStorage shared, Serializer serializer) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            Interlocked.Increment(ref shared._reads);
            var known = shared._rows.TryGetValue(Key(stateName, grainId), out var row);
            (grainState.State, grainState.ETag, grainState.RecordExists) = known
                ? (serializer.Deserialize<T>(row.Bytes), row.ETag, true)
                : (Activator.CreateInstance<T>(), null!, false);
            return Task.CompletedTask;
        }

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var (key, bytes, etag) = (Key(stateName, grainId), serializer.SerializeToArray(grainState.State), Guid.NewGuid().ToString());
            await Task.Yield();
            shared.BeforeWrite?.Invoke(stateName, grainId.Key.ToString()!);
            var known = shared._rows.TryGetValue(key, out var row);
            var fits = known ? row.ETag == grainState.ETag && shared._rows.TryUpdate(key, (etag, bytes), row) : shared._rows.TryAdd(key, (etag, bytes));
            if (!fits) throw new InconsistentStateException("Another activation has written.", row.ETag, grainState.ETag);
            (grainState.ETag, grainState.RecordExists) = (etag, true);
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            shared._rows.TryRemove(Key(stateName, grainId), out _);
            return Task.CompletedTask;
        }

        private static string Key(string stateName, GrainId grainId) => $"{stateName}/{grainId}";
    }
}
