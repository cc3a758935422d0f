using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Contacts;

namespace Krewe.Grains.Contacts;

/// <summary>What is kept of a user's contacts, blocks and mutes.</summary>
[GenerateSerializer, Alias("krewe.RosterState")]
internal sealed class RosterState
{
    [Id(0)] public HashSet<Jid> Blocks { get; set; } = [];

    [Id(1)] public Dictionary<Jid, RosterEntry> Contacts { get; set; } = [];

    /// <summary>Stanzas that the contacts' side has not taken yet, oldest first: saved with the change that they tell of, so that no fault parts the two rosters.</summary>
    [Id(2)] public Dictionary<Jid, ImmutableArray<SubscriptionStanza>> Owed { get; set; } = [];

    /// <summary>Whose messages wake no device, and until when; null: for ever.</summary>
    [Id(3)] public Dictionary<Jid, DateTimeOffset?> Mutes { get; set; } = [];
}
