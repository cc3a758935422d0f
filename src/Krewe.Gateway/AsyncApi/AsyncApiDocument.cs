using System.Text.Json.Nodes;
using Krewe.Core.Limits;
using Krewe.Gateway.Accounts;
using Krewe.Gateway.Api;
using Krewe.Gateway.Api.Description;
using Krewe.Gateway.Transports.WebSocket;
using Krewe.Protocols.Json;
using Microsoft.OpenApi;
using JsonObject = System.Text.Json.Nodes.JsonObject;

namespace Krewe.Gateway.AsyncApi;

/// <summary>Makes the AsyncAPI 3.0 document of the WebSocket, from the tables that the codec uses.</summary>
internal static class AsyncApiDocument
{
    public const string Path = "/asyncapi/v1.json";

    private const string Channel = "mailbox";

    /// <param name="host">Where the client reached the server.</param>
    /// <param name="secure">Over TLS?</param>
    public static async Task<JsonObject> BuildAsync(LimitOptions limits, string host, bool secure) => new()
    {
        ["asyncapi"] = "3.0.0",
        ["info"] = new JsonObject
        {
            ["title"] = "Krewe, the native API's WebSocket",
            ["version"] = ApiVersion.Current,
            ["description"] = "JSON text frames, one object each, of at most " + limits.MessageBytes
                + " bytes. A client passes over a type or a member that it does not know; the server does the same with members. "
                + "Everything else is described at /openapi/v1.json.",
            ["license"] = new JsonObject { ["name"] = "Apache-2.0", ["url"] = "https://www.apache.org/licenses/LICENSE-2.0" },
        },
        ["defaultContentType"] = "application/json",
        ["servers"] = new JsonObject
        {
            ["this"] = new JsonObject
            {
                ["host"] = host,
                ["protocol"] = secure ? "wss" : "ws",
                ["security"] = new JsonArray(Ref("securitySchemes", "bearer"), Ref("securitySchemes", "query")),
            },
        },
        ["channels"] = new JsonObject { [Channel] = DescribeChannel() },
        ["operations"] = Operations(),
        ["components"] = new JsonObject
        {
            ["schemas"] = await SchemasAsync(),
            ["messages"] = await MessagesAsync(),
            ["securitySchemes"] = new JsonObject
            {
                ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT" },
                ["query"] = new JsonObject { ["type"] = "httpApiKey", ["in"] = "query", ["name"] = Authenticator.QueryParameter },
            },
        },
    };

    private static JsonObject DescribeChannel() => new()
    {
        ["address"] = Transports.TransportEndpoints.SocketPath,
        ["title"] = "One user's mailbox, both directions",
        ["description"] = $"Sub-protocol {WebSocketHandshake.Protocol}. The server begins with hello.",
        ["messages"] = new JsonObject(MessageKeys().Select(key => KeyValuePair.Create(key, (JsonNode?)Ref("messages", key)))),
        ["bindings"] = new JsonObject
        {
            ["ws"] = new JsonObject
            {
                ["method"] = "GET",
                ["query"] = new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject
                    {
                        ["after"] = new JsonObject { ["type"] = "integer", ["minimum"] = 0, ["description"] = Transports.CursorParameters.After.Description },
                    },
                },
                ["bindingVersion"] = "0.1.0",
            },
        },
    };

    /// <summary>As the server sees it: it receives each of the client's frames and answers, and sends the rest by itself.</summary>
    private static JsonObject Operations()
    {
        var operations = new JsonObject();
        foreach (var frame in ClientFrameTypes.All)
        {
            operations["on" + char.ToUpperInvariant(frame.Name[0]) + frame.Name[1..]] = new JsonObject
            {
                ["action"] = "receive",
                ["summary"] = frame.Summary,
                ["channel"] = new JsonObject { ["$ref"] = $"#/channels/{Channel}" },
                ["messages"] = new JsonArray(InChannel(KeyOf(frame))),
                ["reply"] = new JsonObject
                {
                    ["channel"] = new JsonObject { ["$ref"] = $"#/channels/{Channel}" },
                    ["messages"] = new JsonArray([.. frame.Answers.Select(name => InChannel(KeyOf(ServerFrameTypes.All.Single(type => type.Name == name))))]),
                },
            };
        }
        operations["tell"] = new JsonObject
        {
            ["action"] = "send",
            ["summary"] = "What the server says by itself, and its answers.",
            ["channel"] = new JsonObject { ["$ref"] = $"#/channels/{Channel}" },
            ["messages"] = new JsonArray([.. ServerFrameTypes.All.Select(type => InChannel(KeyOf(type)))]),
        };
        return operations;
    }

    private static async Task<JsonObject> MessagesAsync()
    {
        var messages = new JsonObject();
        foreach (var frame in ClientFrameTypes.All)
        {
            var payload = (await ToJsonAsync(ApiSchemas.Body([ClientFrameReader.Reference, .. frame.Members]))).AsObject();
            payload["properties"]!["type"] = new JsonObject { ["const"] = frame.Name };
            payload["required"] = new JsonArray([(JsonNode)"type", .. frame.Members.Where(member => member.Required).Select(member => (JsonNode)member.Name)]);
            messages[KeyOf(frame)] = Message(frame.Name, frame.Summary, payload);
        }
        foreach (var type in ServerFrameTypes.All) messages[KeyOf(type)] = Message(type.Name, type.Summary, type.Schema.DeepClone());
        return messages;
    }

    /// <summary>The schemas that both documents have, and a contact that may be gone.</summary>
    private static async Task<JsonObject> SchemasAsync()
    {
        var components = ApiSchemas.Components(new OpenApiDocument());
        var schemas = new JsonObject
        {
            ["Item"] = await ToJsonAsync(components["Item"]),
            ["ChangedContact"] = await ToJsonAsync(components["Contact"]),
        };
        var subscription = schemas["ChangedContact"]!["properties"]!["subscription"]!;
        if (!subscription["enum"]!.AsArray().Any(word => (string?)word == "remove")) subscription["enum"]!.AsArray().Add("remove");
        return schemas;
    }

    private static async Task<JsonNode> ToJsonAsync(IOpenApiSchema schema) =>
        JsonNode.Parse(await schema.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1))!;

    private static JsonObject Message(string name, string summary, JsonNode payload) =>
        new() { ["name"] = name, ["summary"] = summary, ["contentType"] = "application/json", ["payload"] = payload };

    private static IEnumerable<string> MessageKeys() => [.. ClientFrameTypes.All.Select(KeyOf), .. ServerFrameTypes.All.Select(KeyOf)];

    // Both directions have a presence and a typing.
    private static string KeyOf(ClientFrameDescription frame) => "client." + frame.Name;

    private static string KeyOf(ServerFrameType type) => "server." + type.Name;

    private static JsonObject Ref(string kind, string name) => new() { ["$ref"] = $"#/components/{kind}/{name}" };

    private static JsonObject InChannel(string key) => new() { ["$ref"] = $"#/channels/{Channel}/messages/{key}" };
}
