namespace Krewe.Client;

/// <summary>Something that the server told.</summary>
public abstract record KreweEvent;

/// <summary>The next item of the mailbox.</summary>
public sealed record ItemReceived(Item Item) : KreweEvent;

/// <summary>A contact's presence.</summary>
public sealed record PresenceChanged(string From, Presence Presence) : KreweEvent;

/// <summary>A contact is typing (<c>composing</c>) or stopped.</summary>
public sealed record TypingChanged(string From, string State) : KreweEvent;

/// <summary>An entry of the contact list changed; subscription <c>remove</c> says that it is gone.</summary>
public sealed record ContactChanged(Contact Contact) : KreweEvent;

/// <summary>The server is about to close; come back after <paramref name="RetryAfter"/>.</summary>
public sealed record ServerClosing(string Reason, TimeSpan RetryAfter) : KreweEvent;
