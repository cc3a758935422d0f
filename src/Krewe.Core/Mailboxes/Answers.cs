using System.Collections.Immutable;

namespace Krewe.Core.Mailboxes;

/// <summary>The answer to a send: the message is durable in both mailboxes.</summary>
/// <param name="Seq">Its place in the sender's mailbox.</param>
/// <param name="Repeated">The id was known: nothing was stored, this is the first answer again.</param>
[GenerateSerializer, Immutable, Alias("krewe.Sent")]
public sealed record Sent(
    [property: Id(0)] string Id, [property: Id(1)] long Seq, [property: Id(2)] DateTimeOffset SentAt, [property: Id(3)] bool Repeated);

/// <summary>The answer of a recipient's grain to one delivery: durable, under this time.</summary>
/// <param name="SentAt">The time that the recipient's copy bears: that of the first attempt, if this was a repetition.</param>
[GenerateSerializer, Immutable, Alias("krewe.Delivered")]
public sealed record Delivered([property: Id(0)] long Seq, [property: Id(1)] DateTimeOffset SentAt);

/// <summary>A page of a mailbox.</summary>
/// <param name="Next">The cursor to ask with next.</param>
/// <param name="Last">The newest <c>seq</c>.</param>
[GenerateSerializer, Immutable, Alias("krewe.MailboxPage")]
public sealed record MailboxPage(
    [property: Id(0)] ImmutableArray<MailboxItem> Items, [property: Id(1)] long Next, [property: Id(2)] long Last);

/// <summary>A page of the messages exchanged with one peer, newest first.</summary>
/// <param name="Next">What to ask <c>before</c> next; null when there is nothing older.</param>
[GenerateSerializer, Immutable, Alias("krewe.HistoryPage")]
public sealed record HistoryPage([property: Id(0)] ImmutableArray<MailboxItem> Items, [property: Id(1)] long? Next);
