using Krewe.Core.Addresses;
using Krewe.Core.Gateways;
using Krewe.Core.Mailboxes;
using Krewe.Core.Presence;

namespace Krewe.Streams.Tests.Cluster;

internal static class Events
{
    public static readonly Jid Romeo = Jid.FromCanonical("romeo@localhost");
    public static readonly Jid Juliet = Jid.FromCanonical("juliet@localhost");

    /// <summary>Romeo's message to Juliet, on its way to her sessions.</summary>
    public static ItemEvent Item(long seq, string? body = null, string from = "romeo@localhost") => new(Juliet, new MailboxItem
    {
        Seq = seq,
        Kind = ItemKind.Message,
        Id = $"m{seq}",
        From = Jid.FromCanonical(from),
        To = Juliet,
        SentAt = DateTimeOffset.UnixEpoch,
        Body = body ?? $"message {seq}",
    });

    public static TypingEvent Typing(int number) => new(Juliet, Romeo, "phone", $"composing {number}");

    public static PresenceEvent Presence(Show show) =>
        new(Juliet, new PresenceChange(Romeo, "phone", new PresenceState { Show = show }, new PresenceState { Show = show }));

    public static IEnumerable<long> Seqs(this IEnumerable<GatewayEvent> events) => events.OfType<ItemEvent>().Select(static e => e.Item.Seq);
}
