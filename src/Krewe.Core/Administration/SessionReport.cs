using System.Collections.Immutable;
using Krewe.Core.Addresses;

namespace Krewe.Core.Administration;

/// <summary>A live session as its gateway sees it; never what it carries.</summary>
[GenerateSerializer, Immutable, Alias("krewe.SessionReport")]
public sealed record SessionReport
{
    [Id(0)] public required string SessionId { get; init; }

    [Id(1)] public required Jid User { get; init; }

    [Id(2)] public required string Device { get; init; }

    /// <summary>As in metrics: <c>websocket</c>, <c>sse</c>, <c>poll</c> …</summary>
    [Id(3)] public required string Transport { get; init; }

    [Id(4)] public required DateTimeOffset Since { get; init; }

    /// <summary>The last item that was written to the client; null: the client keeps the cursor (polling).</summary>
    [Id(5)] public long? Cursor { get; init; }

    /// <summary>Bytes that wait for the client.</summary>
    [Id(6)] public long Queued { get; init; }

    /// <summary>The silo that holds the user's grain, as far as the gateway knows.</summary>
    [Id(7)] public SiloAddress? Core { get; init; }
}

/// <summary>A page of sessions.</summary>
/// <param name="Total">How many fit the filter, on all pages.</param>
[GenerateSerializer, Immutable, Alias("krewe.SessionsPage")]
public sealed record SessionsPage([property: Id(0)] ImmutableArray<SessionReport> Sessions, [property: Id(1)] int Total)
{
    public static readonly SessionsPage Empty = new([], 0);
}

/// <summary>What the operator may ask a gateway about its sessions; absent on a silo without clients.</summary>
public interface IGatewayConsole
{
    /// <summary>How many sessions there are.</summary>
    int Sessions { get; }

    /// <summary>Sessions in the order of their ids, which is about that of their age.</summary>
    /// <param name="after">Only those after this id; null: from the first.</param>
    /// <param name="user">Only this user's; null: everybody's.</param>
    SessionsPage List(string? after, Jid? user, int limit);

    /// <summary>Everybody who has a session here.</summary>
    IReadOnlyCollection<Jid> Users();
}
