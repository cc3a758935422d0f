using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;

namespace Krewe.Grains.Push;

/// <summary>Which items a person wants to hear of.</summary>
internal static class PushNews
{
    /// <summary>A message of somebody else. A correction is none: it changes what an earlier one says.</summary>
    public static bool IsNewsTo(this MailboxItem item, Jid owner) =>
        item.Kind == ItemKind.Message && item.From != owner && item.Replaces is null;
}
