using System.Text.Json;

namespace Krewe.Client;

/// <summary>One entry of one's mailbox.</summary>
public sealed record Item
{
    /// <summary>Its place: 1, 2, 3 … without gaps; the cursor to remember once it is dealt with.</summary>
    public required long Seq { get; init; }

    /// <summary><c>message</c>, <c>delivered</c> or <c>read</c>; pass over what you do not know.</summary>
    public required string Kind { get; init; }

    public string? Id { get; init; }

    /// <summary>The author's bare address; of a receipt, the reader's.</summary>
    public string? From { get; init; }

    public string? To { get; init; }

    public string? Device { get; init; }

    public DateTimeOffset? SentAt { get; init; }

    public string? Body { get; init; }

    public string? Thread { get; init; }

    /// <summary>Any JSON value.</summary>
    public JsonElement? Data { get; init; }

    /// <summary>The id of the message that this one corrects.</summary>
    public string? Replaces { get; init; }

    /// <summary>Of a receipt: the messages that it is about.</summary>
    public IReadOnlyList<string>? Ids { get; init; }
}

/// <summary>A page of the mailbox.</summary>
/// <param name="Items">In rising <c>seq</c>.</param>
/// <param name="Next">The cursor to ask with next.</param>
/// <param name="Last">The newest <c>seq</c>.</param>
public sealed record ItemPage(IReadOnlyList<Item> Items, long Next, long Last);

/// <summary>Messages exchanged with one peer.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Next">What to ask <c>before</c> next; null: there is nothing older.</param>
public sealed record HistoryPage(IReadOnlyList<Item> Items, long? Next);
