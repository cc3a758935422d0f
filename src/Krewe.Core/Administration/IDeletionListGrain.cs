using System.Collections.Immutable;
using Krewe.Core.Addresses;

namespace Krewe.Core.Administration;

/// <summary>The users whose deletion has begun and is not known to be over; one for the cluster, key 0. What a kill interrupts is finished although nobody asks for the user any more.</summary>
[Alias("krewe.IDeletionListGrain")]
public interface IDeletionListGrain : IGrainWithIntegerKey
{
    /// <summary>Durable when it completes; throws if the store cannot take it.</summary>
    [Alias("Begin")]
    Task BeginAsync(Jid user);

    /// <summary>Idempotent.</summary>
    [Alias("End")]
    Task EndAsync(Jid user);

    [Alias("List")]
    ValueTask<ImmutableArray<Jid>> ListAsync();
}
