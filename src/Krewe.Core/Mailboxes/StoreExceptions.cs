using Krewe.Core.Addresses;

namespace Krewe.Core.Mailboxes;

/// <summary>Another activation of the mailbox's grain has appended: this one must forget what it knows and load again.</summary>
public sealed class MailboxFencedException(Jid owner, long seq)
    : Exception($"Another activation has written to the mailbox of {owner}: what was to follow item {seq - 1} does not follow what is on disk.");

/// <summary>The store is away, full or stopping; nothing was acknowledged.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The store cannot be opened. The message is a whole sentence for the operator and says what to do; no stack trace is needed.</summary>
public sealed class StoreStartException(string message, Exception? inner = null) : Exception(message, inner);
