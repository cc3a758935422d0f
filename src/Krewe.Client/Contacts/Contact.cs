namespace Krewe.Client;

/// <summary>An entry of one's contact list.</summary>
public sealed record Contact
{
    public required string Address { get; init; }

    public string? Name { get; init; }

    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary><c>none</c>, <c>to</c> (one sees them), <c>from</c> (they see one), <c>both</c>; in an event also <c>remove</c>.</summary>
    public required string Subscription { get; init; }

    /// <summary><c>in</c>: they ask and wait for <see cref="KreweClient.ApproveContactAsync"/>; <c>out</c>: one has asked.</summary>
    public string? Pending { get; init; }

    public Presence? Presence { get; init; }
}

/// <summary>How available somebody is.</summary>
/// <param name="Show"><c>available</c>, <c>away</c>, <c>dnd</c>, <c>xa</c> or <c>offline</c>.</param>
public sealed record Presence(string Show, string? Status);

internal sealed record PresenceUpdate(string Show, string? Status);

/// <summary>Somebody whose messages wake no device.</summary>
/// <param name="Until">When that ends; null: never by itself.</param>
public sealed record Mute(string Address, DateTimeOffset? Until);

internal sealed record MuteEdit(DateTimeOffset? Until);

internal sealed record ContactEdit(string? Name, IReadOnlyList<string>? Groups);

internal sealed record Listing<T>(IReadOnlyList<T> Items);
