namespace Krewe.Core.Mailboxes;

/// <summary>What a mailbox item is. Numbers are stored and never change; readers pass over a kind that they do not know.</summary>
[GenerateSerializer, Alias("krewe.ItemKind")]
public enum ItemKind
{
    Message = 1,
    /// <summary>A receipt: <see cref="MailboxItem.From"/> has received the messages <see cref="MailboxItem.Ids"/>.</summary>
    Delivered = 2,
    /// <summary>A receipt: <see cref="MailboxItem.From"/> has read the messages <see cref="MailboxItem.Ids"/>.</summary>
    Read = 3,
    /// <summary>Never stored: stands for an item whose bytes on disk are damaged, so that the numbers have no gap. Clients pass over it.</summary>
    Damaged = 255,
}
