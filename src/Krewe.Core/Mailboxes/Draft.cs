using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Push;

namespace Krewe.Core.Mailboxes;

/// <summary>A message that a client wants to send. The server adds who, when and the id where it is missing.</summary>
[GenerateSerializer, Immutable, Alias("krewe.Draft")]
public sealed record Draft
{
    /// <summary>The recipient's bare address.</summary>
    [Id(0)] public required Jid To { get; init; }

    /// <summary>The idempotency key, 1 to 128 characters; null: the server makes one.</summary>
    [Id(1)] public string? Id { get; init; }

    [Id(2)] public string? Body { get; init; }

    [Id(3)] public string? Thread { get; init; }

    /// <inheritdoc cref="MailboxItem.Data"/>
    [Id(4)] public string? Data { get; init; }

    [Id(5)] public string? Replaces { get; init; }

    /// <inheritdoc cref="MailboxItem.Extensions"/>
    [Id(6)] public ImmutableArray<byte> Extensions { get; init; } = [];

    /// <inheritdoc cref="MailboxItem.Hints"/>
    [Id(7)] public PushHints Hints { get; init; }
}
