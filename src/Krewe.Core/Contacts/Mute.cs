using Krewe.Core.Addresses;

namespace Krewe.Core.Contacts;

/// <summary>A person whose messages wake no device.</summary>
/// <param name="Until">When that ends; null: never by itself.</param>
[GenerateSerializer, Immutable, Alias("krewe.Mute")]
public sealed record Mute([property: Id(0)] Jid Address, [property: Id(1)] DateTimeOffset? Until);
