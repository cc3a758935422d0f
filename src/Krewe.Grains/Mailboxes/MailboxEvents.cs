using System.Collections.Immutable;
using Krewe.Core.Mailboxes;

namespace Krewe.Grains.Mailboxes;

/// <summary>What a mailbox tells whoever holds it.</summary>
/// <param name="Durable">Items in <c>seq</c> order, as soon as they are durable and can be read.</param>
/// <param name="Opened">It was loaded, for the first time or after the store failed.</param>
/// <param name="Fenced">Once: another activation has written, this one must go.</param>
internal sealed record MailboxEvents(Action<ImmutableArray<MailboxItem>> Durable, Action Opened, Action<MailboxFencedException> Fenced);
