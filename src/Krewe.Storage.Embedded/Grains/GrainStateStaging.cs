using System.Text;
using Krewe.Storage.Embedded.Database;
using Orleans.Storage;
using RocksDbSharp;

namespace Krewe.Storage.Embedded.Grains;

/// <summary>Turns writes of grain state into rows of a batch and checks their ETags. Belongs to the writer's thread.</summary>
internal sealed class GrainStateStaging
{
    // What earlier writes of the same batch made of a row: null when they deleted it.
    private readonly Dictionary<string, string?> _staged = [];

    public void Begin() => _staged.Clear();

    public Exception? Stage(StoreWrite.GrainState write, OpenDatabase database, WriteBatch batch)
    {
        var name = Encoding.UTF8.GetString(write.Key);
        var stored = _staged.TryGetValue(name, out var staged) ? staged : ETagOnDisk(write.Key, database);
        if (stored != write.Expected)
        {
            return new InconsistentStateException("The stored state is not the one that was read.", stored ?? "", write.Expected ?? "");
        }
        if (write.Payload is { } payload)
        {
            batch.Put(write.Key, GrainRow.Seal(write.Key, write.ETag, payload), database.Columns.Grains);
        }
        else
        {
            batch.Delete(write.Key, database.Columns.Grains);
        }
        _staged[name] = write.Payload is null ? null : write.ETag;
        return null;
    }

    private static string? ETagOnDisk(byte[] key, OpenDatabase database) =>
        database.Get(key, database.Columns.Grains) is { } row && GrainRow.TryOpen(key, row, out var etag, out _) ? etag : null;
}
