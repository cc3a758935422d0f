using Krewe.Protocols.Json;

namespace Krewe.Gateway.AsyncApi;

/// <summary>A frame that the server takes.</summary>
/// <param name="Answers">The names of the server's frames that may answer it.</param>
internal sealed record ClientFrameDescription(ClientFrameType Type, string Summary, params IReadOnlyList<string> Answers)
{
    /// <summary>As the reader knows it.</summary>
    public string Name { get; } = ClientFrameReader.Type.Words.Single(word => word.Value == Type).Word;

    public IReadOnlyList<JsonMember> Members => ClientFrameReader.MembersOf(Type);
}

/// <summary>The frames of <see cref="ClientFrameReader"/>, described.</summary>
internal static class ClientFrameTypes
{
    public static IReadOnlyList<ClientFrameDescription> All { get; } =
    [
        new(ClientFrameType.Send, "Send a message; at least one of body and data is needed.", "sent", "error"),
        new(ClientFrameType.Ack, "Say that this device has dealt with everything up to seq.", "error"),
        new(ClientFrameType.Presence, "Say how available this device is.", "error"),
        new(ClientFrameType.Typing, "Tell somebody that the user is typing, or stopped.", "error"),
        new(ClientFrameType.Ping, "Ask for a pong.", "pong"),
    ];
}
