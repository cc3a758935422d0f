using Krewe.Core.Gateways;
using Krewe.Core.Mailboxes;

namespace Krewe.Streams.Outboxes;

/// <summary>About how much memory an event holds; good enough for a bound.</summary>
internal static class EventSize
{
    /// <summary>Objects, references and addresses, measured on typical events.</summary>
    private const int Overhead = 300;

    public static int Of(GatewayEvent gatewayEvent) => gatewayEvent switch
    {
        ItemEvent e => Overhead + Of(e.Item),
        PresenceEvent e => Overhead + Chars(e.Change.State.Status) + Chars(e.Change.Overall.Status) + 2 * e.Change.State.Extensions.Length,
        ContactEvent e => Overhead + Chars(e.Contact.Name) + 64 * e.Contact.Groups.Length,
        _ => Overhead,
    };

    private static int Of(MailboxItem item)
    {
        var ids = 0;
        foreach (var id in item.Ids) ids += 32 + Chars(id);
        return Chars(item.Body) + Chars(item.Data) + Chars(item.Thread) + item.Extensions.Length + ids;
    }

    private static int Chars(string? text) => 2 * (text?.Length ?? 0);
}
