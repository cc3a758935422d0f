namespace Krewe.Client;

/// <summary>The ways to read a mailbox; all give the same items.</summary>
public enum Transport
{
    WebSocket = 1,
    ServerSentEvents,
    /// <summary>One JSON object a line in a chunked answer that does not end.</summary>
    Ndjson,
    LongPoll,
    Poll,
}
