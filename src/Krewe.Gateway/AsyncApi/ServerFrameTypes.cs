using System.Text.Json.Nodes;

namespace Krewe.Gateway.AsyncApi;

/// <summary>A frame that the server sends, and its shape as JSON Schema. Frames may get more members later: none is closed.</summary>
internal sealed record ServerFrameType(string Name, string Summary, JsonObject Schema);

/// <summary>The frames of <see cref="Protocols.Json.ServerFrames"/>, described. A test holds the two together.</summary>
internal static class ServerFrameTypes
{
    private const string Text = """{"type":"string"}""";
    private const string Address = """{"type":"string","format":"jid","description":"A bare address (RFC 7622)."}""";
    private const string Reference = """{"type":"string","description":"What the client gave as ref."}""";
    private const string Show = """{"type":"string","enum":["available","away","dnd","xa","offline"]}""";
    private const string Seconds = """{"type":"number","minimum":0,"description":"Seconds until the client should come back; spread at random."}""";

    public static IReadOnlyList<ServerFrameType> All { get; } =
    [
        Frame(
            "hello", "The first frame: who the server takes the client for, and how far the mailbox reaches.",
            [("address", Address), ("device", Text), ("last", Seq(0))]),
        Frame(
            "item", "An item of the mailbox: first every missed one, then every new one, in the order of seq, each once.",
            [("item", """{"$ref":"#/components/schemas/Item"}""")]),
        Frame(
            "sent", "The answer to send: the message is durable in both mailboxes.",
            [("id", Text), ("seq", Seq(1)), ("sentAt", """{"type":"string","format":"date-time"}""")],
            [("ref", Reference)]),
        Frame(
            "error", "A frame of the client was refused; the connection stays.",
            [("code", Text), ("message", Text)],
            [("ref", Reference), ("member", """{"type":"string","description":"The member at fault."}"""), ("last", Seq(0)), ("retryAfter", Seconds)]),
        Frame("pong", "The answer to ping.", [], [("ref", Reference)]),
        Frame("presence", "A contact is more or less available than before.", [("from", Address), ("show", Show)], [("status", Text)]),
        Frame(
            "typing", "A contact types, or stopped.",
            [("from", Address), ("state", """{"type":"string","enum":["active","composing","paused","inactive","gone"]}""")]),
        Frame(
            "contact", "An entry of the user's contacts changed; subscription remove says that it is gone.",
            [("contact", """{"$ref":"#/components/schemas/ChangedContact"}""")]),
        Frame("closing", "The server is about to end the connection.", [("reason", Text)], [("retryAfter", Seconds)]),
    ];

    private static string Seq(int minimum) => $$"""{"type":"integer","format":"int64","minimum":{{minimum}}}""";

    private static ServerFrameType Frame(
        string name, string summary, (string Name, string Schema)[] required, (string Name, string Schema)[]? optional = null)
    {
        var properties = new JsonObject { ["type"] = new JsonObject { ["const"] = name } };
        foreach (var (member, schema) in required.Concat(optional ?? [])) properties[member] = JsonNode.Parse(schema);
        return new ServerFrameType(name, summary, new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray([(JsonNode)"type", .. required.Select(member => (JsonNode)member.Name)]),
            ["properties"] = properties,
        });
    }
}
