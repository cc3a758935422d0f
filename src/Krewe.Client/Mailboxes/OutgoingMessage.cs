using System.Text.Json;

namespace Krewe.Client;

/// <summary>A message to send; at least one of <see cref="Body"/> and <see cref="Data"/>.</summary>
/// <param name="To">A bare address, or a name on the server's own domain.</param>
public sealed record OutgoingMessage(string To)
{
    /// <summary>The idempotency key, 1 to 128 characters; null: the client makes one, and every retry bears the same.</summary>
    public string? Id { get; init; }

    public string? Body { get; init; }

    public string? Thread { get; init; }

    public JsonElement? Data { get; init; }

    /// <summary>The id of one's own earlier message that this one corrects.</summary>
    public string? Replaces { get; init; }

    /// <summary>How the recipient's sleeping devices hear of it.</summary>
    public PushHints? Push { get; init; }
}

/// <summary>How a message is announced to devices that sleep.</summary>
public sealed record PushHints
{
    /// <summary>It may break quiet hours.</summary>
    public bool Urgent { get; init; }

    /// <summary>No sound and no banner.</summary>
    public bool Silent { get; init; }
}

/// <summary>The message is durable in both mailboxes.</summary>
/// <param name="Seq">Its place in one's own mailbox.</param>
public sealed record Sent(string Id, long Seq, DateTimeOffset SentAt);

internal sealed record Ack(long Seq, bool Read);
