using System.Globalization;
using System.Text.Json.Nodes;
using Krewe.Core.Errors;
using Krewe.Protocols.Json;
using Microsoft.OpenApi;

namespace Krewe.Gateway.Api.Description;

/// <summary>The shapes of what goes in and out, as JSON Schema. Answers may get more members later: none is closed.</summary>
internal static class ApiSchemas
{
    /// <summary>The named schemas of the answers.</summary>
    public static IDictionary<string, IOpenApiSchema> Components(OpenApiDocument document)
    {
        IOpenApiSchema To(string name) => new OpenApiSchemaReference(name, document);
        var presence = Object("How available somebody is.", [("show", Words("available", "away", "dnd", "xa", "offline"))], [("status", Text())]);
        return new Dictionary<string, IOpenApiSchema>
        {
            ["Problem"] = Object(
                "What went wrong (RFC 9457).",
                [("type", Text("The code as a URN.")), ("title", Text("The code in words.")), ("status", Integer(400, 599)), ("detail", Text("What it is this time.")),
                    ("code", Words([.. Enum.GetValues<FaultCode>().Select(code => code.Name())]))],
                [("member", Text("The member, parameter or header at fault.")), ("first", Seq("With cursor-expired: the first that is left.")),
                    ("last", Integer(0, null, "With cursor-ahead: the newest."))]),
            ["Account"] = Object("An account.", [("address", Address())], []),
            ["Token"] = Object("A token.", [("token", Text("A JWT.")), ("expiresAt", Time()), ("address", Address()), ("device", Text())], []),
            ["Sent"] = Object("A durable message.", [("id", Text()), ("seq", Seq("In the sender's mailbox.")), ("sentAt", Time())], []),
            ["Item"] = Object(
                "One entry of a mailbox. Pass over a kind that you do not know.",
                [("seq", Seq("Its place in the mailbox.")), ("kind", Text("message, delivered, read, or later kinds.")), ("id", Text()), ("from", Address()),
                    ("to", Address()), ("sentAt", Time())],
                [("device", Text("The device that sent it.")), ("body", Text()), ("thread", Text()), ("data", new OpenApiSchema { Description = "Any JSON value." }),
                    ("replaces", Text("The id of the message that this one corrects.")), ("ids", List(Text(), "Of a receipt: the messages that it is about."))]),
            ["MailboxPage"] = Object(
                "What came after the cursor.", [("items", List(To("Item"))), ("next", Integer(0, null, "The cursor to ask with next.")), ("last", Integer(0, null, "The newest."))], []),
            ["History"] = Object("Messages, newest first.", [("items", List(To("Item")))], [("next", Seq("What to ask before next; left out at the end."))]),
            ["Contact"] = Object(
                "A contact.",
                [("address", Address()), ("subscription", Words("none", "to", "from", "both"))],
                [("name", Text()), ("groups", List(Text())), ("pending", Words("in", "out")), ("presence", presence)]),
            ["Contacts"] = Object("All contacts.", [("items", List(To("Contact")))], []),
            ["Blocks"] = Object("All blocked addresses.", [("items", List(Address()))], []),
            ["Mutes"] = Object("All mutes that hold now.", [("items", List(Object("A muted person.", [("address", Address())], [("until", Time())])))], []),
            ["Push"] = Object(
                "How a device is woken.",
                [("platform", Words([.. PushReader.Platform.Words.Select(word => word.Word)])), ("app", Text()), ("registeredAt", Time())],
                [("mode", Text()), ("environment", Text()), ("preview", Text()), ("locale", Text()), ("quietHours", Of(PushReader.QuietHours, nullable: false))]),
            ["Device"] = Object("A device.", [("device", Text()), ("lastSeen", Time())], [("push", To("Push"))]),
            ["Devices"] = Object("All devices.", [("items", List(To("Device")))], []),
        };
    }

    public static OpenApiSchema Body(IReadOnlyList<JsonMember> members)
    {
        var schema = Object(null, [.. members.Where(m => m.Required).Select(m => (m.Name, Of(m, false)))], [.. members.Where(m => !m.Required).Select(m => (m.Name, Of(m, true)))]);
        return schema;
    }

    public static OpenApiSchema Of(Parameter parameter) => parameter switch
    {
        NumberParameter number => new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Format = "int64",
            Minimum = Number(number.Min),
            Maximum = number.Max == long.MaxValue ? null : Number(number.Max),
            Default = number.Default is { } value ? JsonValue.Create(value) : null,
        },
        DeviceParameter => new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = DeviceName.MaxCharacters },
        _ => new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1 },
    };

    private static OpenApiSchema Of(JsonMember member, bool nullable)
    {
        var schema = member switch
        {
            TextMember text => new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Format = text.Format,
                MinLength = text.MinCharacters == 0 ? null : text.MinCharacters,
                MaxLength = text.MaxCharacters == int.MaxValue ? null : text.MaxCharacters,
            },
            NumberMember number => Integer(number.Min, number.Max == long.MaxValue ? null : number.Max),
            FlagMember => new OpenApiSchema { Type = JsonSchemaType.Boolean },
            IWordMember words => Words([.. words.Words]),
            TextListMember list => new OpenApiSchema { Type = JsonSchemaType.Array, MaxItems = list.MaxItems, Items = Of(list.Item, false) },
            ObjectMember inner => Body(inner.Members),
            _ => new OpenApiSchema(),
        };
        schema.Description = member.Description;
        if (nullable && schema.Type is { } type)
        {
            schema.Type = type | JsonSchemaType.Null;
            schema.Enum?.Add(JsonNullSentinel.JsonNull);
        }
        return schema;
    }

    private static OpenApiSchema Object(string? description, (string Name, IOpenApiSchema Schema)[] required, (string Name, IOpenApiSchema Schema)[] optional) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        Properties = required.Concat(optional).ToDictionary(member => member.Name, member => member.Schema),
        Required = required.Length == 0 ? null : required.Select(member => member.Name).ToHashSet(),
    };

    private static OpenApiSchema Text(string? description = null) => new() { Type = JsonSchemaType.String, Description = description };

    private static OpenApiSchema Address() => new() { Type = JsonSchemaType.String, Format = "jid", Description = "A bare address (RFC 7622)." };

    private static OpenApiSchema Time() => new() { Type = JsonSchemaType.String, Format = "date-time" };

    private static OpenApiSchema Words(params string[] words) => new() { Type = JsonSchemaType.String, Enum = [.. words.Select(word => (JsonNode)JsonValue.Create(word))] };

    private static OpenApiSchema Seq(string description) => Integer(1, null, description);

    private static OpenApiSchema Integer(long min, long? max, string? description = null) => new()
    {
        Type = JsonSchemaType.Integer,
        Format = "int64",
        Minimum = Number(min),
        Maximum = max is { } bound ? Number(bound) : null,
        Description = description,
    };

    private static OpenApiSchema List(IOpenApiSchema items, string? description = null) => new() { Type = JsonSchemaType.Array, Items = items, Description = description };

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
