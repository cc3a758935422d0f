using System.Collections.Immutable;
using System.Text;
using Krewe.Core.Accounts;
using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Storage.Embedded.Database;
using RocksDbSharp;

namespace Krewe.Storage.Embedded.Grains;

/// <summary>Reads the users' names off the keys of their grain state; the states are not looked at.</summary>
internal sealed class EmbeddedUserList(EmbeddedStore store) : IUserList
{
    private static readonly byte[] Prefix = Keys.GrainState(IUserList.State, IUserList.Grain);

    public ValueTask<ImmutableArray<Jid>> ListAsync(Jid? after, int limit, CancellationToken cancellationToken = default)
    {
        try
        {
            using var lease = store.Host.Rent();
            return new(Read(lease.Database, after, limit));
        }
        catch (RocksDbException e)
        {
            return ValueTask.FromException<ImmutableArray<Jid>>(new StoreUnavailableException($"The disk cannot be read: {e.Message}", e));
        }
        catch (StoreUnavailableException e)
        {
            return ValueTask.FromException<ImmutableArray<Jid>>(e);
        }
    }

    private static ImmutableArray<Jid> Read(OpenDatabase database, Jid? after, int limit)
    {
        var users = ImmutableArray.CreateBuilder<Jid>();
        using var iterator = database.Db.NewIterator(database.Columns.Grains);
        // The first key after that of a name is the name and a zero byte.
        for (iterator.Seek(after is { } name ? [.. Prefix, .. Encoding.UTF8.GetBytes(name.Text), 0] : Prefix); users.Count < limit && iterator.Valid(); iterator.Next())
        {
            var key = iterator.GetKeySpan();
            if (!key.StartsWith(Prefix))
            {
                break;
            }
            users.Add(Jid.FromCanonical(Encoding.UTF8.GetString(key[Prefix.Length..])));
        }
        return users.ToImmutable();
    }
}
