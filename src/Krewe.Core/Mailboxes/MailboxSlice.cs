using System.Collections.Immutable;

namespace Krewe.Core.Mailboxes;

/// <summary>Consecutive items of one mailbox in rising <c>seq</c>, and the mailbox's first <c>seq</c> at the time of reading.</summary>
public sealed record MailboxSlice(ImmutableArray<MailboxItem> Items, long First);
