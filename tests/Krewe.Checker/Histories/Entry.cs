using System.Text.Json.Serialization;

namespace Krewe.Checker.Histories;

/// <summary>Something that a client did or saw. <see cref="At"/> is the checker's own monotonic clock, so that entries of all clients have one order.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "op")]
[JsonDerivedType(typeof(SendInvoked), "send")]
[JsonDerivedType(typeof(SendAcked), "sent")]
[JsonDerivedType(typeof(SendRefused), "send-refused")]
[JsonDerivedType(typeof(SendUnknown), "send-unknown")]
[JsonDerivedType(typeof(SessionOpened), "opened")]
[JsonDerivedType(typeof(Received), "received")]
[JsonDerivedType(typeof(SessionEnded), "ended")]
[JsonDerivedType(typeof(ReadRefused), "read-refused")]
[JsonDerivedType(typeof(LastTold), "last")]
[JsonDerivedType(typeof(AckInvoked), "ack")]
[JsonDerivedType(typeof(AckDone), "acked")]
[JsonDerivedType(typeof(AckRefused), "ack-refused")]
[JsonDerivedType(typeof(HistoryRead), "history")]
[JsonDerivedType(typeof(ListenerEnded), "listener-end")]
[JsonDerivedType(typeof(MailboxRead), "mailbox")]
[JsonDerivedType(typeof(PresenceSettled), "presence-is")]
[JsonDerivedType(typeof(PresenceSeen), "presence-seen")]
[JsonDerivedType(typeof(FaultBegan), "fault")]
[JsonDerivedType(typeof(FaultEnded), "fault-end")]
[JsonDerivedType(typeof(FlowBack), "flow-back")]
[JsonDerivedType(typeof(FaultsOver), "faults-over")]
internal abstract record Entry
{
    [JsonPropertyOrder(-1)]
    public TimeSpan At { get; init; }
}

/// <summary>An attempt to send begins. All attempts under one id bear the same content, except those that ask for a conflict.</summary>
/// <param name="Lane">The connection, on which the order of attempts is the order on the wire; null for a request of its own.</param>
internal sealed record SendInvoked(string User, string Id, int Attempt, string To, string Hash, string? Lane, string Gateway) : Entry;

internal sealed record SendAcked(string User, string Id, int Attempt, long Seq, string SentAt) : Entry;

/// <summary>A definite no: nothing of it may be anywhere.</summary>
internal sealed record SendRefused(string User, string Id, int Attempt, string Code) : Entry;

/// <summary>Nobody knows: it may have happened or not, or happen later.</summary>
internal sealed record SendUnknown(string User, string Id, int Attempt, string Reason) : Entry;

/// <summary>A stream, a socket or a row of polls begins after a cursor.</summary>
internal sealed record SessionOpened(string Session, string User, string Device, string Transport, string Gateway, long After) : Entry;

internal sealed record Received(string Session, Seen Item) : Entry;

internal sealed record SessionEnded(string Session, string Reason) : Entry;

/// <summary>The server would not read on from a cursor, for good.</summary>
internal sealed record ReadRefused(string User, string Device, string Code, long Cursor, TimeSpan InvokedAt) : Entry;

/// <summary>The server said what the newest <c>seq</c> is, to a request with a cursor made at <see cref="InvokedAt"/>.</summary>
internal sealed record LastTold(string User, long After, long Last, TimeSpan InvokedAt) : Entry;

internal sealed record AckInvoked(string User, string Device, int Number, long Seq, bool Read) : Entry;

/// <summary>The ack was answered. One without this entry may have happened or not.</summary>
internal sealed record AckDone(string User, string Device, int Number) : Entry;

internal sealed record AckRefused(string User, string Device, int Number, string Code) : Entry;

/// <summary>A page of the messages exchanged with a peer, newest first.</summary>
internal sealed record HistoryRead(string User, string Peer, long? Before, long? Next, IReadOnlyList<Seen> Items, TimeSpan InvokedAt) : Entry;

/// <summary>A device that listened to the end, and how far it came.</summary>
internal sealed record ListenerEnded(string User, string Device, long Cursor) : Entry;

/// <summary>The whole mailbox, read when everything was over.</summary>
internal sealed record MailboxRead(string User, string Gateway, IReadOnlyList<Seen> Items) : Entry;

/// <summary>From now on a user is to be seen like this; null: it is about to change.</summary>
internal sealed record PresenceSettled(string User, string? Show) : Entry;

/// <summary>What <paramref name="Watcher"/> is told, or still shown, about a contact.</summary>
internal sealed record PresenceSeen(string Watcher, string About, string Show, string How) : Entry;

internal sealed record FaultBegan(string Name) : Entry;

internal sealed record FaultEnded(string Name) : Entry;

/// <summary>Since the fault every user has sent something and had it acked, and every listener has got something that was sent since.</summary>
internal sealed record FlowBack(string Name, TimeSpan After) : Entry;

internal sealed record FaultsOver : Entry;
