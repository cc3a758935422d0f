using Krewe.Core.Addresses;
using Krewe.Core.Mailboxes;
using Krewe.Core.Presence;

namespace Krewe.Protocols.Json;

/// <summary>What a client may say on a WebSocket.</summary>
public enum ClientFrameType
{
    Send = 1,
    Ack,
    Presence,
    Typing,
    Ping,
}

/// <summary>How somebody takes part in a conversation (XEP-0085, section 5.1).</summary>
public enum ChatState
{
    Active = 1,
    Composing,
    Paused,
    Inactive,
    Gone,
}

/// <summary>One frame of a client, read and checked. Only the members of its type are set.</summary>
public readonly record struct ClientFrame(ClientFrameType Type, string? Reference)
{
    /// <summary>Of <c>send</c>.</summary>
    public Draft? Draft { get; init; }

    /// <summary>Of <c>ack</c>.</summary>
    public Ack Ack { get; init; }

    /// <summary>Of <c>presence</c>.</summary>
    public PresenceState? Presence { get; init; }

    /// <summary>Of <c>typing</c>.</summary>
    public Jid To { get; init; }

    /// <inheritdoc cref="To"/>
    public ChatState State { get; init; }
}
