using Krewe.Core.Addresses;

namespace Krewe.Grains.Users;

/// <summary>What is kept of a user's contacts and blocks.</summary>
[GenerateSerializer, Alias("krewe.RosterState")]
internal sealed class RosterState
{
    [Id(0)] public HashSet<Jid> Blocks { get; set; } = [];
}
