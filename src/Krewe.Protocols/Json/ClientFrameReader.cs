using System.Diagnostics.CodeAnalysis;
using Krewe.Core.Addresses;
using Krewe.Core.Errors;

namespace Krewe.Protocols.Json;

/// <summary>Reads what clients say on a WebSocket: one JSON object a frame.</summary>
public static class ClientFrameReader
{
    public static readonly WordMember<ClientFrameType> Type = new(
        "type", "What the frame is.",
        ("send", ClientFrameType.Send), ("ack", ClientFrameType.Ack), ("presence", ClientFrameType.Presence),
        ("typing", ClientFrameType.Typing), ("ping", ClientFrameType.Ping)) { Required = true };

    /// <summary>A client's own mark, given back with the answer.</summary>
    public static readonly TextMember Reference = new("ref", "Any string; the answer has the same.") { MaxCharacters = 1_024, Prose = true };

    public static readonly TextMember To = new("to", "The address of whom it is for; a name without @ means the local domain.") { Required = true, Format = "jid" };

    public static readonly WordMember<ChatState> State = new(
        "state", "What the user does in this conversation.",
        ("active", ChatState.Active), ("composing", ChatState.Composing), ("paused", ChatState.Paused),
        ("inactive", ChatState.Inactive), ("gone", ChatState.Gone)) { Required = true };

    /// <summary>The members of each type besides <see cref="Type"/> and <see cref="Reference"/>, in the order in which they are published.</summary>
    public static IReadOnlyList<JsonMember> MembersOf(ClientFrameType type) => type switch
    {
        ClientFrameType.Send => MessageReader.Members,
        ClientFrameType.Ack => AckReader.Members,
        ClientFrameType.Presence => PresenceReader.Members,
        ClientFrameType.Typing => [To, State],
        _ => [],
    };

    /// <summary>The word of a state on the wire.</summary>
    public static string NameOf(ChatState state)
    {
        foreach (var (word, value) in State.Words)
        {
            if (value == state) return word;
        }
        throw new ArgumentOutOfRangeException(nameof(state), state, null);
    }

    /// <param name="text">The whole frame, UTF-8.</param>
    /// <param name="maxDepth">Levels of nesting, at most.</param>
    /// <param name="localDomain">The domain of addresses that are given by name alone.</param>
    /// <param name="reference">The client's mark, also of a bad frame, as far as it can be read.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> text, int maxDepth, string localDomain, out ClientFrame frame, out string? reference, [NotNullWhen(false)] out Fault? fault)
    {
        (frame, reference) = (default, null);
        if (!JsonObject.TryRead(text, maxDepth, out var json, out fault)) return false;
        if (!json.TryGet(Reference, out reference, out fault))
        {
            reference = null;
            return false;
        }
        if (!json.TryGet(Type, out var type, out fault)) return false;
        frame = new ClientFrame(type!.Value, reference);
        return frame.Type switch
        {
            ClientFrameType.Send => TryReadSend(json, localDomain, ref frame, out fault),
            ClientFrameType.Ack => TryReadAck(json, ref frame, out fault),
            ClientFrameType.Presence => TryReadPresence(json, ref frame, out fault),
            ClientFrameType.Typing => TryReadTyping(json, localDomain, ref frame, out fault),
            _ => true,
        };
    }

    private static bool TryReadSend(in JsonObject json, string localDomain, ref ClientFrame frame, [NotNullWhen(false)] out Fault? fault)
    {
        if (!MessageReader.TryRead(json, localDomain, out var draft, out fault)) return false;
        frame = frame with { Draft = draft };
        return true;
    }

    private static bool TryReadAck(in JsonObject json, ref ClientFrame frame, [NotNullWhen(false)] out Fault? fault)
    {
        if (!AckReader.TryRead(json, out var ack, out fault)) return false;
        frame = frame with { Ack = ack };
        return true;
    }

    private static bool TryReadPresence(in JsonObject json, ref ClientFrame frame, [NotNullWhen(false)] out Fault? fault)
    {
        if (!PresenceReader.TryRead(json, out var presence, out fault)) return false;
        frame = frame with { Presence = presence };
        return true;
    }

    private static bool TryReadTyping(in JsonObject json, string localDomain, ref ClientFrame frame, [NotNullWhen(false)] out Fault? fault)
    {
        if (!json.TryGet(To, out var to, out fault) || !json.TryGet(State, out var state, out fault)) return false;
        if (!Jid.TryParseUser(to, localDomain, out var address, out var error))
        {
            fault = Fault.BadRequest(To.Name, error);
            return false;
        }
        frame = frame with { To = address, State = state!.Value };
        return true;
    }
}
