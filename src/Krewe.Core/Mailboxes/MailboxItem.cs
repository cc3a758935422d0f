using System.Collections.Immutable;
using Krewe.Core.Addresses;
using Krewe.Core.Push;

namespace Krewe.Core.Mailboxes;

/// <summary>One entry of a mailbox. The sender's and the recipient's copy of a message differ in <see cref="Seq"/> alone.</summary>
[GenerateSerializer, Immutable, Alias("krewe.MailboxItem")]
public sealed record MailboxItem
{
    /// <summary>The place in its owner's mailbox: 1, 2, 3 … without gaps.</summary>
    [Id(0)] public required long Seq { get; init; }

    [Id(1)] public required ItemKind Kind { get; init; }

    /// <summary>The sender's id for it, 1 to 128 characters, unique for one <see cref="From"/>.</summary>
    [Id(2)] public required string Id { get; init; }

    /// <summary>The author's bare address; of a receipt, the reader's.</summary>
    [Id(3)] public required Jid From { get; init; }

    [Id(4)] public required Jid To { get; init; }

    /// <summary>The device (XMPP: the resource) that sent it.</summary>
    [Id(5)] public string? Device { get; init; }

    /// <summary>When the sender's grain took it, in whole milliseconds of UTC.</summary>
    [Id(6)] public required DateTimeOffset SentAt { get; init; }

    [Id(7)] public string? Body { get; init; }

    [Id(8)] public string? Thread { get; init; }

    /// <summary>Any JSON value, as compact JSON text without line breaks; numbers keep their exact digits.</summary>
    [Id(9)] public string? Data { get; init; }

    /// <summary>The <see cref="Id"/> of the author's own earlier message that this one corrects.</summary>
    [Id(10)] public string? Replaces { get; init; }

    /// <summary>Of a receipt: the messages that it is about.</summary>
    [Id(11)] public ImmutableArray<string> Ids { get; init; } = [];

    /// <summary>Payload of another protocol (XMPP child elements) that crosses unchanged; not seen by native clients.</summary>
    [Id(12)] public ImmutableArray<byte> Extensions { get; init; } = [];

    /// <summary>How devices that sleep hear of it. Not content: readers do not see it.</summary>
    [Id(13)] public PushHints Hints { get; init; }

    /// <summary>The other party in the conversation of <paramref name="owner"/> that this item belongs to.</summary>
    public Jid PeerOf(Jid owner) => From == owner ? To : From;

    /// <summary>What readers get in place of an item that cannot be read any more.</summary>
    public static MailboxItem Damaged(Jid owner, long seq) => new()
    {
        Seq = seq, Kind = ItemKind.Damaged, Id = $"damaged-{seq}", From = owner, To = owner, SentAt = DateTimeOffset.UnixEpoch,
    };
}
