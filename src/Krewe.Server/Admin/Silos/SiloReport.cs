using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Administration;
using Krewe.Core.Push;
using Krewe.Server.Options;

namespace Krewe.Server.Admin.Silos;

/// <summary>How a silo fares, in its own words. Rates are of the last ten seconds.</summary>
[GenerateSerializer, Immutable, Alias("krewe.server.SiloReport")]
internal sealed record SiloReport
{
    [Id(0)] public required string Version { get; init; }
    [Id(1)] public required string Roles { get; init; }
    [Id(2)] public required string State { get; init; }
    [Id(3)] public required DateTimeOffset Since { get; init; }

    /// <summary>Open connections of clients, of any kind.</summary>
    [Id(4)] public required int Connections { get; init; }

    /// <summary>Null: the silo takes no clients.</summary>
    [Id(5)] public int? Sessions { get; init; }

    /// <summary>Messages accepted from their senders.</summary>
    [Id(6)] public required double MessagesPerSecond { get; init; }

    /// <summary>Items made durable in mailboxes.</summary>
    [Id(7)] public required double ItemsPerSecond { get; init; }

    /// <summary>Processors in use: 1.5 is one and a half.</summary>
    [Id(8)] public required double Cpu { get; init; }

    [Id(9)] public required int Processors { get; init; }

    /// <summary>Of the process, as the system counts it.</summary>
    [Id(10)] public required long MemoryBytes { get; init; }

    /// <summary>User grains in memory.</summary>
    [Id(11)] public required int Users { get; init; }

    /// <summary>Why it is not well, where it is not: the store, a push service.</summary>
    [Id(12)] public ImmutableArray<string> Troubles { get; init; } = [];
}

/// <summary>What one silo answers the operator's listener of any silo.</summary>
[Alias("krewe.server.ISiloConsole")]
internal interface ISiloConsole : Orleans.Services.IGrainService
{
    [Alias("Report")]
    ValueTask<SiloReport> ReportAsync();

    [Alias("Sessions")]
    ValueTask<SessionsPage> SessionsAsync(string? after, Jid? user, int limit);

    /// <summary>Everybody who has a session on the silo.</summary>
    [Alias("Online")]
    ValueTask<Audience> OnlineAsync();

    [Alias("Settings")]
    ValueTask<Settings> SettingsAsync();

    [Alias("Pushes")]
    ValueTask<OwnedPushes> PushesAsync(Jid user);

    /// <summary>What the silo remembers of a message on its way.</summary>
    [Alias("Trail")]
    ValueTask<Trail> TrailAsync(Jid from, string id);
}

/// <summary>One user's rows in the push outbox.</summary>
/// <param name="Rows">Null: the silo does not write them.</param>
[GenerateSerializer, Immutable, Alias("krewe.server.OwnedPushes")]
internal sealed record OwnedPushes([property: Id(0)] ImmutableArray<OwnedPush>? Rows);
