namespace Krewe.Core.Mailboxes;

/// <summary>What a mailbox's grain needs to begin.</summary>
/// <param name="First">The first <c>seq</c> that retention left; 1 when nothing was trimmed; <paramref name="Last"/> + 1 when nothing is left.</param>
/// <param name="Last">The newest <c>seq</c>; 0 when empty.</param>
/// <param name="State">What the last <see cref="MailboxCommit.State"/> said.</param>
/// <param name="Revision">How many states were written, that one included.</param>
public sealed record MailboxHead(long First, long Last, byte[]? State, long Revision = 0);
